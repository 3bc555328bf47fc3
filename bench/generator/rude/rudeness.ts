import { clientFrame, OPCODE } from '../frames';
import { flood, textFrame, unreadFlood } from './floods';
import { comeAndGo, costlyNames, reconnectAfterEachBurst } from './names';
import { crowd, eventStreams, slowReplays, unfinishedFragments, unreadPages, unreadStreams } from './readers';
import type { Visit } from './visit';

const NOTHING = Buffer.alloc(0);
const GARBAGE = textFrame('rubbish');
const PING = clientFrame(OPCODE.ping, Buffer.alloc(125));
const LONG_TIMESTAMP = `2024-01-01T00:00:00.${'0'.repeat(32_000)}Z`;

/** Ways for a client to misbehave, by the report's row. */
export const RUDENESS = {
  '3 × 30 pages of history, not read': unreadPages(3, 30),
  '1 × 80 pages of history, not read': unreadPages(1, 80),
  'names of 16,000 marks, 5 a second': costlyNames(1, 200),
  'names of 16,000 marks, 60 at once': costlyNames(60, 30_000),
  'flood of garbage': flood(GARBAGE),
  'flood of binary frames': flood(clientFrame(OPCODE.binary, Buffer.from('rubbish'))),
  'flood of {}': flood(textFrame('{}')),
  'flood of empty pings': flood(clientFrame(OPCODE.ping, NOTHING)),
  'flood of pongs': flood(clientFrame(OPCODE.pong, NOTHING)),
  'flood of hellos': flood(textFrame(JSON.stringify({ type: 'hello' })), 'chatV2'),
  'flood of timestamps of 32 KB': flood(
    textFrame(JSON.stringify({ type: 'chat_message', username: 'eva', message: 'hi', timestamp: LONG_TIMESTAMP })),
  ),
  'reconnects after each burst': reconnectAfterEachBurst,
  '4 × 100 names that come and go': comeAndGo,
  'errors not read, 50 connections': unreadFlood(GARBAGE, 50),
  'pongs not read, 50 connections': unreadFlood(PING, 50),
  'fragments without end, 50 connections': unfinishedFragments(50, 16_381),
  'streams not read, 50 connections': unreadStreams(50),
  'replays not read, 50 connections': slowReplays(50, 0),
  'replays read at 2.5 KB/s, 50 connections': slowReplays(50, 2_500),
  '3,000 connections too many': crowd(3_000, 200),
  '100 event streams of one address': eventStreams(100),
} satisfies Record<string, (visit: Visit) => Promise<void>>;

export type RudeName = keyof typeof RUDENESS;
export const RUDE_NAMES = Object.keys(RUDENESS) as RudeName[];
