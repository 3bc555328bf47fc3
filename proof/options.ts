import { parseArgs } from 'node:util';
import { type Fault, FAULTS } from './nemesis';

export interface Options {
  /** How long faults are made, at least; each kind is made once in any case. */
  readonly seconds: number;
  readonly seed: number;
  readonly writers: number;
  readonly readers: number;
  readonly faults: readonly Fault[];
  /** A file of `proof/sabotage` that breaks the server on purpose. */
  readonly sabotage: string | undefined;
}

const MAX_SECONDS = 3600;
const MAX_CLIENTS = 64;

/** @throws Error that says what is allowed */
export function readOptions(args: readonly string[]): Options {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { seconds: text, seed: text, writers: text, readers: text, faults: text, sabotage: text },
  });
  const faults = values.faults?.split(',') ?? FAULTS;
  const unknown = faults.find((fault) => !(FAULTS as readonly string[]).includes(fault));
  if (unknown !== undefined) throw new Error(`--faults: ${unknown} is none of ${FAULTS.join(', ')}`);
  if (values.sabotage !== undefined && !/^[a-z-]+$/.test(values.sabotage)) {
    throw new Error('--sabotage: the name of a file in proof/sabotage, without .js');
  }
  return {
    seconds: whole('seconds', values.seconds, 30, 1, MAX_SECONDS),
    seed: whole('seed', values.seed, Math.floor(Math.random() * 2 ** 31), 0, 2 ** 32 - 1),
    writers: whole('writers', values.writers, 4, 1, MAX_CLIENTS),
    readers: whole('readers', values.readers, 6, 1, MAX_CLIENTS),
    faults: [...new Set(faults as Fault[])],
    sabotage: values.sabotage,
  };
}

function whole(name: string, text: string | undefined, byDefault: number, min: number, max: number): number {
  if (text === undefined) return byDefault;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new Error(`--${name}: a whole number from ${min} to ${max}`);
}
