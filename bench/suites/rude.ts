import { get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Measurement } from '../figures';
import { fillDatabase } from '../fill-database';
import { Client } from '../generator/client';
import { type RudeName, RUDE_NAMES } from '../generator/rude/rudeness';
import { GeneratorProcess } from '../generator-process';
import { readMetrics } from '../server-metrics';
import type { ServerProcess } from '../server-process';
import { watching } from '../server-watch';
import type { Session } from '../session';
import { CHAT, RUDE_CASE } from '../targets';

/** The other client: a message every 60 ms, from a separate address, as budgets are shared by all clients of an address. */
const TALK = { readers: 1, senders: 1, messagesPerSecond: 1000 / 60, from: '127.0.0.2' };
const NEWCOMER = '127.0.0.5';
const OBSERVER = '127.0.0.6';
const WARM_UP_MS = 1_000;
/** Quiet time before the misbehaving client starts, in milliseconds. */
const BEFORE_MS = 300;
/** Time in which a refusal after the handshake reaches the newcomer, in milliseconds. */
const REFUSAL_MS = 250;
/** Floor of the quiet p99 in milliseconds: below it the ratio is noise, and 25 ms go unnoticed. */
const QUIET_FLOOR_MS = 12.5;
const MIB = 1024 ** 2;

/** Default settings: undoes what the benchmark sets elsewhere. */
const DEFAULTS = { LIMITS: '', MAX_CONNECTIONS: '' };
const SETTINGS: { readonly [Name in RudeName]?: Readonly<Record<string, string>> } = {
  '3,000 connections too many': { MAX_CONNECTIONS: '100' },
  '100 event streams of one address': { MAX_CONNECTIONS: '100', MAX_CONNECTIONS_PER_IP: '50' },
  'replays read at 2.5 KB/s, 50 connections': { STALLED_READER_SECONDS: '3' },
};

/** Stored messages: enough for a page of the REST API that exceeds the limit of unsent bytes per connection. */
const STORED = 1_100;
const LONGEST_MESSAGE = '🙂'.repeat(4_000);

/** The cost of one misbehaving client for another one and for the server, relative to a quiet time of the same server. */
export async function rude(session: Session): Promise<Measurement[]> {
  if (!session.options.targets.includes(CHAT)) return [];
  const measurements: Measurement[] = [];
  for (const how of RUDE_NAMES.filter((name) => name.includes(session.options.caseText))) {
    if (session.isLate) break;
    process.stderr.write(`rude: ${how}\n`);
    measurements.push(
      await session.withServers([CHAT], await optionsFor(how, session), ([server]) => measure(session, server!, how)),
    );
  }
  return measurements;
}

async function optionsFor(how: RudeName, session: Session) {
  const folder = session.newFolder();
  await fillDatabase(`${folder}/chat.sqlite`, STORED, LONGEST_MESSAGE);
  return { folder, settings: { ...DEFAULTS, ...SETTINGS[how] } };
}

async function measure(session: Session, server: ServerProcess, how: RudeName): Promise<Measurement> {
  const quietMs = session.options.measureMs * 6;
  const disturbedMs = session.options.measureMs * 12;
  const rudeOne = new GeneratorProcess();
  try {
    const quiet = await session.generator.run('fixedRate', server, {
      ...TALK,
      warmUpMs: WARM_UP_MS,
      measureMs: quietMs,
    });
    const quietBytes = server.residentBytes;
    const before = await readMetrics(server, OBSERVER);
    const [[talk, newcomer, visit], { cpuPercent, peakBytes }] = await watching(server, () =>
      Promise.all([
        outcome(session.generator.run('fixedRate', server, { ...TALK, warmUpMs: 0, measureMs: disturbedMs })),
        outcome(delay(disturbedMs / 2).then(() => comeIn(server))),
        outcome(delay(BEFORE_MS).then(() => rudeOne.run('beingRude', server, { how, forMs: disturbedMs - BEFORE_MS }))),
      ]),
    );
    const after = await readMetrics(server, OBSERVER);
    const grown = (metric: string) => after(metric) - before(metric);
    const others = Math.round((disturbedMs * TALK.messagesPerSecond) / 1000);
    const sample = {
      quietP50: quiet.p50,
      quietP99: quiet.p99,
      p50: talk.value?.p50,
      p99: talk.value?.p99,
      // A client that is cut off, or gets no answer, waits forever.
      disturbance: (talk.value?.p99 ?? Infinity) / Math.max(quiet.p99, QUIET_FLOOR_MS),
      newcomerMs: newcomer.value,
      cpuPercent,
      peakMib: peakBytes / MIB,
      grownMib: (peakBytes - quietBytes) / MIB,
      storedPerSecond: (grown('chat_messages_total') - others) / (disturbedMs / 1000),
      refused: grown('chat_refused_frames_total'),
      opened: visit.value?.opened,
      closed: visit.value?.closed,
    };
    const failures = Object.entries({ 'the other client': talk, 'a newcomer': newcomer, 'the rude client': visit });
    return measurement(
      how,
      sample,
      failures.flatMap(([who, { failure }]) => (failure ? [`${who}: ${failure}`] : [])),
    );
  } catch (error) {
    return measurement(how, {}, [String(error)]);
  } finally {
    rudeOne.stop();
  }
}

/** Time until a WebSocket may send and an event stream has begun, in milliseconds, from a new address. */
async function comeIn(server: ServerProcess): Promise<number> {
  const begin = performance.now();
  const client = await Client.open(server.address, { from: NEWCOMER });
  await openStream(server);
  const took = performance.now() - begin;
  await delay(REFUSAL_MS);
  client.close();
  if (client.failure) throw new Error(client.failure);
  return took;
}

function openStream(server: ServerProcess): Promise<void> {
  const { port } = server.address;
  const path = '/api/messages/stream';
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path, localAddress: NEWCOMER, agent: false }, (response) => {
      response.destroy();
      if (response.statusCode === 200) resolve();
      else reject(new Error(`an event stream was answered with ${response.statusCode}`));
    }).on('error', reject);
  });
}

interface Outcome<T> {
  readonly value?: T;
  readonly failure?: string;
}

async function outcome<T>(promise: Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await promise };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error) };
  }
}

function measurement(
  how: RudeName,
  sample: Record<string, number | undefined>,
  failures: readonly string[],
): Measurement {
  const rounds = Object.entries(sample).map(([name, value]) => [name, value === undefined ? [] : [value]]);
  return {
    ...RUDE_CASE,
    target: how,
    rounds: Object.fromEntries(rounds) as Measurement['rounds'],
    ...(failures.length > 0 && { failure: failures.join('; ') }),
  };
}
