import { parseArgs } from 'node:util';

const SERVER_FAULTS = ['kill', 'stop', 'freeze', 'cut', 'tear', 'flood', 'fill', 'jump'];
const CLUSTER_FAULTS = ['restart', 'terminate', 'freeze', 'kill', 'stop', 'add', 'cut'];
/** For a cluster whose bus is Redis. */
const REDIS_FAULT = 'redis';

export interface Options {
  /** Minimum duration of the faults; each kind occurs at least once. */
  readonly seconds: number;
  readonly seed: number;
  readonly writers: number;
  readonly readers: number;
  readonly faults: readonly string[];
  /** A file of `proof/sabotage` that breaks the servers, or below `client/` the client, on purpose. */
  readonly sabotage: string | undefined;
  /** The sabotage of the servers, and of the client, as paths relative to `proof`. */
  readonly serverSabotage: readonly string[];
  readonly clientSabotage: string | undefined;
  /** Three servers on PostgreSQL instead of one on SQLite. */
  readonly isCluster: boolean;
  /** Their bus is Redis. */
  readonly hasRedis: boolean;
  /** The published client runs in a browser, too. */
  readonly hasBrowser: boolean;
  /** Print the usage and do nothing else. */
  readonly isHelp: boolean;
}

const MAX_SECONDS = 3600;
const MAX_CLIENTS = 64;

const TEXT = { type: 'string' } as const;
const FLAG = { type: 'boolean', default: false } as const;

/** `--help` is answered by `scripts/run.js` and the program itself, from `usage.txt`. */
export const OPTIONS = {
  seconds: TEXT,
  seed: TEXT,
  writers: TEXT,
  readers: TEXT,
  faults: TEXT,
  sabotage: TEXT,
  cluster: FLAG,
  redis: FLAG,
  'no-browser': FLAG,
  help: FLAG,
} as const;

/** @throws Error naming the allowed values */
export function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({ args: [...args], options: OPTIONS });
  if (values.redis && !values.cluster) throw new Error('--redis: only with --cluster');
  const possible = values.cluster ? [...CLUSTER_FAULTS, ...(values.redis ? [REDIS_FAULT] : [])] : SERVER_FAULTS;
  const faults = values.faults?.split(',') ?? possible;
  const unknown = faults.find((fault) => !possible.includes(fault));
  if (unknown !== undefined) throw new Error(`--faults: ${unknown} is none of ${possible.join(', ')}`);
  const { sabotage } = values;
  const [isSabotage, isOfClient] = /^(client\/)?[a-z-]+$/.exec(sabotage ?? '') ?? [];
  if (sabotage !== undefined && isSabotage === undefined) {
    throw new Error('--sabotage: the name of a file in proof/sabotage, without .js or .mjs');
  }
  return {
    seconds: whole('seconds', values.seconds, 30, 1, MAX_SECONDS),
    seed: whole('seed', values.seed, Math.floor(Math.random() * 2 ** 31), 0, 2 ** 32 - 1),
    writers: whole('writers', values.writers, 4, 1, MAX_CLIENTS),
    readers: whole('readers', values.readers, 6, 1, MAX_CLIENTS),
    faults: [...new Set(faults)],
    sabotage,
    serverSabotage: isSabotage && !isOfClient ? [`sabotage/${isSabotage}.js`] : [],
    clientSabotage: isOfClient && `sabotage/${isSabotage!}.mjs`,
    isCluster: values.cluster,
    hasRedis: values.redis,
    hasBrowser: !values['no-browser'],
    isHelp: values.help,
  };
}

function whole(name: string, text: string | undefined, byDefault: number, min: number, max: number): number {
  if (text === undefined) return byDefault;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new Error(`--${name}: a whole number from ${min} to ${max}`);
}
