import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DialectName } from './generator/dialects';

/** A measured server. */
export interface Target {
  readonly name: string;
  readonly title: string;
  /** The built program. */
  readonly script: string;
  readonly dialect: DialectName;
  /** Whether it promises to keep the order of one sender's messages. */
  readonly isOrdered: boolean;
  /** Whether goals compare with it: measured in every round, others in every third. */
  readonly isCompared: boolean;
  /** Scripts preloaded before the program. */
  readonly preload?: readonly string[];
}

const BUILT = join(__dirname, '..');

export const CHAT: Target = {
  name: 'chat',
  title: 'this server',
  script: join(BUILT, 'src/main.js'),
  dialect: 'chat',
  isOrdered: true,
  isCompared: true,
};
export const NEST_STOCK: Target = { ...baseline('nest-stock', 'stock Nest'), isCompared: true };
export const LIMIT: Target = { ...baseline('limit', 'limit'), isCompared: true };

export const TARGETS: readonly Target[] = [
  CHAT,
  NEST_STOCK,
  baseline('ws-tutorial', 'ws tutorial'),
  baseline('socketio', 'Socket.IO', 'socketio'),
  LIMIT,
];

/** How to install what a server needs beyond the project's own packages; undefined where nothing is missing. */
export function missingFor({ name }: Target): string | undefined {
  if (name !== 'socketio' || existsSync(join(BUILT, '../bench/node_modules/socket.io'))) return undefined;
  return 'Socket.IO is not installed: npm ci --prefix bench';
}

/** This server over a database that is not empty. */
export function storedName(messages: number): string {
  return `${CHAT.name}, ${messages} stored`;
}

/** Millions of deliveries after which the soak reads the memory; the first reading is the baseline. */
export const SOAK_MILLIONS = [5, 10, 15, 20, 25] as const;

/** This server after a number of deliveries. */
export function deliveredName(millions: number): string {
  return `${CHAT.name}, ${millions} million delivered`;
}

/** This server on each of its databases. */
export const ON_SQLITE: Target = { ...CHAT, name: `${CHAT.name}, SQLite`, title: 'this server over SQLite' };
export const ON_POSTGRES: Target = { ...CHAT, name: `${CHAT.name}, PostgreSQL`, title: 'this server over PostgreSQL' };

export const ARRIVALS_CASE = 'hello at once, each under a new name';
export const COMING_BACK_CASE = 'all come back at once';

/** This server while clients arrive. */
export function arrivalsName({ arrivals, readers }: { readonly arrivals: number; readonly readers: number }): string {
  return `${arrivals} people${readers === 0 ? '' : `, ${readers} others there`}`;
}

export const ACCESS = 'access';
/** This server without tokens, with tokens of earlier connections, and with new ones. */
export const NO_TOKENS: Target = { ...CHAT, name: `${CHAT.name}, no tokens`, title: 'this server without tokens' };
export const TOKENS: Target = { ...CHAT, name: `${CHAT.name}, tokens`, title: 'this server with tokens' };
export const NEW_TOKENS: Target = { ...CHAT, name: `${CHAT.name}, new tokens`, title: 'this server with new tokens' };
/** This server while messages are edited, and with the same messages alone. */
export const EDITS: Target = { ...CHAT, name: `${CHAT.name}, edits`, title: 'this server with edits' };
export const NO_EDITS: Target = { ...CHAT, name: `${CHAT.name}, no edits`, title: 'this server without edits' };
export const FRAMES_CASE = 'one client, 64 in flight';
export const RETURN_CASE = 'all come back at once';
export const EDITS_CASE = '200 messages/s × 100 readers, 1000 edits/s';
export const RESUME_CASE = 'a resume over changes';
export const TOKENS_CASE = 'the check of a token';
export const ALGORITHMS = ['HS256', 'RS256', 'PS256', 'ES256', 'EdDSA'] as const;
export const CHANGES_MISSED = [1_000, 100_000, 300_000] as const;

/** This server for a client that missed this many changes. */
export function missedName(changes: number): string {
  return `${CHAT.name}, ${changes} changes missed`;
}

export const RUDE_CASE = { suite: 'rude', case: 'one client' };

function baseline(name: string, title: string, dialect: DialectName = 'chat'): Target {
  const script = join(BUILT, `bench/baselines/${name}.js`);
  return { name, title, script, dialect, isOrdered: false, isCompared: false };
}
