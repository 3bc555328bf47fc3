import { join } from 'node:path';
import type { DialectName } from './generator/dialects';

/** A server that is measured. */
export interface Target {
  readonly name: string;
  readonly title: string;
  /** The built program. */
  readonly script: string;
  readonly dialect: DialectName;
  /** Whether it promises that one sender's messages keep their order. */
  readonly isOrdered: boolean;
  /** Whether goals are held against it: it is measured in every round, the others in every third. */
  readonly isCompared: boolean;
  /** Scripts that are loaded before the program. */
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

/** This server over a database that is not empty. */
export function storedName(messages: number): string {
  return `${CHAT.name}, ${messages} stored`;
}

/** After how many million deliveries the soak looks at the memory; what the first of them leave is no growth. */
export const SOAK_MILLIONS = [5, 10, 15, 20, 25] as const;

/** This server after it has delivered for a while. */
export function deliveredName(millions: number): string {
  return `${CHAT.name}, ${millions} million delivered`;
}

function baseline(name: string, title: string, dialect: DialectName = 'chat'): Target {
  const script = join(BUILT, `bench/baselines/${name}.js`);
  return { name, title, script, dialect, isOrdered: false, isCompared: false };
}
