import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

export const OPTIONS = {
  url: { type: 'string' },
  v1: { type: 'boolean' },
  v2: { type: 'boolean' },
  rule: { type: 'string' },
  idle: { type: 'string' },
  timeout: { type: 'string', default: '10' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean' },
} as const;

export interface Options {
  readonly url: URL;
  readonly protocols: readonly ('v1' | 'v2')[];
  /** Numbers of rules; undefined: all. */
  readonly rules: readonly string[] | undefined;
  /** Seconds of silence; 0: not tried. */
  readonly idleSeconds: number;
  /** Longest wait for one answer in ms. */
  readonly timeoutMs: number;
  readonly isJson: boolean;
  readonly token: string | undefined;
}

/** @throws Error with one line for people when an option is unknown or not allowed. */
export function readOptions(args: string[], environment: NodeJS.ProcessEnv): Options {
  const { values } = parseArgs({
    args,
    options: OPTIONS,
  });
  const both = values.v1 === values.v2;
  return {
    url: socketUrl(values.url),
    protocols: both ? ['v1', 'v2'] : [values.v1 ? 'v1' : 'v2'],
    rules: values.rule?.split(',').map((rule) => rule.trim().toUpperCase()),
    idleSeconds: values.idle === undefined ? 0 : seconds('--idle', values.idle, 3600),
    timeoutMs: seconds('--timeout', values.timeout, 120) * 1000,
    isJson: values.json,
    token: tokenOf(environment),
  };
}

function socketUrl(given: string | undefined): URL {
  const url = given !== undefined && URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !/^wss?:$/.test(url.protocol)) throw new Error('--url must be ws://HOST:PORT/ws, or wss://');
  return url;
}

function seconds(name: string, given: string, most: number): number {
  const value = Number(given);
  if (!Number.isInteger(value) || value < 1 || value > most) throw new Error(`${name} must be from 1 to ${most}`);
  return value;
}

function tokenOf({ CHAT_TOKEN, CHAT_TOKEN_FILE }: NodeJS.ProcessEnv): string | undefined {
  return (CHAT_TOKEN_FILE ? readFileSync(CHAT_TOKEN_FILE, 'utf8').trim() : CHAT_TOKEN) || undefined;
}
