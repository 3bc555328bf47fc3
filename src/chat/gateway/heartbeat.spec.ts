import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Response } from 'express';
import { inMemorySession, InMemoryStream } from '../../../test/support/in-memory-session';
import { ManualClock } from '../../../test/support/manual-clock';
import { ANYBODY } from '../../access/identity';
import { Metrics } from '../../platform/metrics/metrics';
import { readSettings } from '../../settings/load-settings';
import { Capacity } from '../sessions/capacity';
import { OpenSessions } from '../sessions/open-sessions';
import { EventStream } from '../sse/event-stream';
import { OpenStreams } from '../sse/open-streams';
import { Heartbeat } from './heartbeat';

const PING = 9;
const INTERVAL_MS = 10_000;

const settings = readSettings({ HEARTBEAT_SECONDS: '10', SLOW_CONSUMER_BYTES: '65536' });
const metrics = new Metrics();

function started() {
  const clock = new ManualClock();
  const capacity = new Capacity(settings);
  const sessions = new OpenSessions(capacity, metrics);
  const streams = new OpenStreams(capacity, metrics);
  const heartbeat = new Heartbeat(settings, clock, sessions, streams, metrics);
  heartbeat.onApplicationBootstrap();
  const open = () => {
    const client = inMemorySession({ settings, clock });
    sessions.add(client.session);
    return client;
  };
  const openStream = () => {
    const socket = new InMemoryStream();
    const response = new ServerResponse(new IncomingMessage(new Socket()));
    response.assignSocket(socket as unknown as Socket);
    streams.add(new EventStream(response as Response, undefined, ANYBODY, 'epoch'));
    return socket;
  };
  return { clock, heartbeat, open, openStream };
}

it('pings each connection every HEARTBEAT_SECONDS, and event streams with them', async () => {
  const { clock, heartbeat, open, openStream } = started();
  const client = open();
  const stream = openStream();
  await clock.advance(INTERVAL_MS - 1);
  expect(client.stream.opcodes()).toEqual([]);
  for (let i = 0; i < 5; i++) {
    await clock.advance(INTERVAL_MS);
    client.session.connection.receive(0);
  }
  expect(client.stream.opcodes()).toEqual(Array(5).fill(PING));
  expect(stream.text().match(/^:$/gm)).toHaveLength(5);
  heartbeat.onModuleDestroy();
  expect(clock.pending).toBe(0);
});

it('cuts off a client silent for two pings, at the third heartbeat', async () => {
  const { clock, open } = started();
  const [silent, alive] = [open(), open()];
  await clock.advance(2 * INTERVAL_MS);
  expect(silent.session.connection.isOpen).toBe(true);
  alive.session.connection.receive(0);
  await clock.advance(INTERVAL_MS);
  expect([silent, alive].map(({ session }) => session.connection.isOpen)).toEqual([false, true]);
});

it('counts each chunk flushed to a slow reader as a sign of life', async () => {
  const { clock, open } = started();
  const { session, stream } = open();
  stream.isStalled = true;
  for (let i = 0; i < 8; i++) session.send(JSON.stringify({ text: 'x'.repeat(10_000) }));
  for (let i = 0; i < 6; i++) {
    stream.takeOne();
    await clock.advance(INTERVAL_MS);
    expect(session.connection.isOpen).toBe(true);
  }
});

it('cuts off a stalled client with a full backlog, unless it is a reader of the feed', async () => {
  const { clock, open } = started();
  const [reader, other] = [open(), open()];
  reader.session.subscription = {} as never;
  for (const { session, stream } of [reader, other]) {
    stream.isStalled = true;
    session.send(...Array.from({ length: 8 }, () => JSON.stringify({ text: 'x'.repeat(20_000) })));
  }
  await clock.advance(10 * INTERVAL_MS);
  expect([reader, other].map(({ session }) => session.connection.isOpen)).toEqual([true, false]);
});
