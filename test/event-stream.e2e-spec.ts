import { once } from 'node:events';
import { connect } from 'node:net';
import { OpenStreams } from '../src/chat/sse/open-streams';
import { MessageLog } from '../src/messages/log/message-log';
import { append } from './support/append';
import { ChatClient } from './support/chat-client';
import { EventReader } from './support/event-reader';
import { errorResponse, http } from './support/http';
import { startServer, type TestServer } from './support/server';
import { until } from './support/until';

let server: TestServer;
afterEach(() => server.stop());

const store = (...messages: string[]) =>
  Promise.all(messages.map((message) => append(server.app.get(MessageLog), 'max', message)));

it('[F1] each message is an event with the id and the v2 frame', async () => {
  server = await startServer();
  await store('vorher');
  const reader = await EventReader.open(server);
  expect(reader.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
  const [v2] = await ChatClient.hello(server);
  await store('Zeile 1\nZeile 2', 'zwei');
  const event = await reader.next();
  expect(event).toMatchObject({ event: 'chat_message', id: '2' });
  expect(JSON.parse(event.data!)).toEqual(await v2.next());
  expect(await reader.nextIds(1)).toEqual([3]);
});

it('[F2] a stream resumes after Last-Event-ID, otherwise after the parameter', async () => {
  server = await startServer();
  await store('1', '2', '3', '4');
  const byParameter = await EventReader.open(server, '?after=1');
  const byHeader = await EventReader.open(server, '?after=1', { 'last-event-id': '3' });
  await store('5');
  expect(await byParameter.nextIds(4)).toEqual([2, 3, 4, 5]);
  expect(await byHeader.nextIds(2)).toEqual([4, 5]);
});

it('[F4] an empty Last-Event-ID counts as absent', async () => {
  server = await startServer();
  await store('1', '2');
  const fromNow = await EventReader.open(server, '', { 'last-event-id': '' });
  const byParameter = await EventReader.open(server, '?after=1', { 'last-event-id': ' ' });
  await store('3');
  expect(await fromNow.nextIds(1)).toEqual([3]);
  expect(await byParameter.nextIds(2)).toEqual([2, 3]);
});

it('[F1] HEAD returns the headers and ends', async () => {
  server = await startServer();
  const answer = await http(`${server.url}/api/messages/stream`, { method: 'HEAD' });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
  const { text } = await http(`${server.url}/metrics`);
  expect(text).toContain('\nchat_event_streams 0\n');
});

it.each([
  ['?after=-1', {}],
  ['?after=', {}],
  ['', { 'last-event-id': 'x' }],
])('[F2] %s %j is 422', async (query, headers) => {
  server = await startServer();
  const answer = await http(`${server.url}/api/messages/stream${query}`, {
    headers: headers as Record<string, string>,
  });
  expect(answer).toMatchObject({ status: 422, body: errorResponse('VALIDATION_ERROR') });
});

it('[F2] beyond REPLAY_LIMIT a gap is sent, then the rest', async () => {
  server = await startServer({ REPLAY_LIMIT: '2' });
  await store('1', '2', '3', '4', '5');
  const reader = await EventReader.open(server, '?after=0');
  const gap = await reader.next();
  expect(gap).toMatchObject({ event: 'gap', id: '3' });
  expect(JSON.parse(gap.data!)).toEqual({ type: 'gap', from: 1, to: 3 });
  expect(await reader.nextIds(2)).toEqual([4, 5]);
});

it('[F2] a slow reader gets every message once, in order', async () => {
  server = await startServer({ SLOW_CONSUMER_BYTES: '65536' });
  const slow = await EventReader.open(server);
  slow.response.pause();
  for (let round = 0; round < 8; round++) await store(...Array.from({ length: 500 }, () => 'x'.repeat(4000)));
  slow.response.resume();
  expect(await slow.nextIds(4000)).toEqual(Array.from({ length: 4000 }, (_, i) => i + 1));
});

it('[F3] a connection has at most one stream', async () => {
  server = await startServer();
  const client = connect(server.port, '127.0.0.1');
  client.write('GET /api/messages/stream HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(5));
  await once(client, 'data');
  const streams = server.app.get(OpenStreams);
  expect([...streams]).toHaveLength(1);
  client.destroy();
  await until(() => Promise.resolve([...streams].length === 0));
});

it('[F3] heartbeats are comments, and the stream ends with the server', async () => {
  server = await startServer({ HEARTBEAT_SECONDS: '1' });
  const reader = await EventReader.open(server);
  while (reader.comments < 2) await once(reader.response, 'data');
  await server.stop();
  await reader.ended;
});

it('[F3] beyond MAX_CONNECTIONS a stream is refused until another one ends', async () => {
  server = await startServer({ MAX_CONNECTIONS: '1' });
  const first = await EventReader.open(server);
  const refused = await http(`${server.url}/api/messages/stream`);
  expect(refused).toMatchObject({ status: 503, body: errorResponse('SERVICE_UNAVAILABLE') });
  first.request.on('error', () => undefined);
  first.response.on('error', () => undefined);
  first.request.destroy();
  await until(async () => {
    const next = await EventReader.open(server);
    if (next.response.statusCode !== 200) return false;
    next.request.on('error', () => undefined);
    return true;
  });
});
