import { DataSource } from 'typeorm';
import { version } from '../package.json';
import { ChatClient } from './support/chat-client';
import { http } from './support/http';
import { startServer, type TestServer } from './support/server';

let server: TestServer;
beforeEach(async () => (server = await startServer({ ALLOWED_ORIGINS: 'https://chat.example' })));
afterEach(() => server.stop());

/** The lines of `/metrics`: name and labels → value. */
async function scrape(): Promise<Map<string, number>> {
  const { text, headers } = await http(`${server.url}/metrics`);
  expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]));
}

it('[H6] counts the activity of the chat', async () => {
  const [v2] = await ChatClient.hello(server, { username: 'max', after: 0 });
  const v1 = await ChatClient.open(server);
  const refused = await ChatClient.open(server, '/ws', { origin: 'https://evil.example' });
  await refused.closed;
  v2.sendV2Message('a', 'x');
  v2.sendV2Message('a', 'x');
  v1.sendMessage('eva', 'y');
  v1.send('{');
  await v1.nextOf('error');
  while ((await v2.nextOf('chat_message')).id !== 2);
  const figures = await scrape();
  const expected = {
    'chat_connections{protocol="v1"}': 1,
    'chat_connections{protocol="v2"}': 1,
    'chat_messages_total{result="stored"}': 2,
    'chat_messages_total{result="repeated"}': 1,
    'chat_deliveries_total{encoding="v1"}': 2,
    'chat_deliveries_total{encoding="v2"}': 2,
    'chat_connections_closed_total{cause="origin"}': 1,
    'chat_refused_frames_total{code="VALIDATION_ERROR"}': 1,
    chat_append_queue_messages: 0,
    chat_event_streams: 0,
  };
  expect(Object.fromEntries(Object.keys(expected).map((name) => [name, figures.get(name)]))).toEqual(expected);
  expect(figures.get('chat_batch_messages_sum')).toBe(3);
  for (const name of ['chat_commit_seconds_count', 'chat_delivered_bytes_total{encoding="v2"}']) {
    expect(figures.get(name)).toBeGreaterThan(0);
  }
  expect([...figures.keys()]).toEqual(
    expect.arrayContaining(['nodejs_eventloop_lag_p99_seconds', 'process_cpu_seconds_total']),
  );
});

it('[H6] exposes build, limits and whether the database answers', async () => {
  const [client] = await ChatClient.hello(server, { username: 'max' });
  const figures = await scrape();
  expect(figures.get(`chat_build_info{version="${version}",node="${process.version}"}`)).toBe(1);
  expect(figures.get('chat_limit{setting="MAX_CONNECTIONS"}')).toBe(20_000);
  expect(figures.get('chat_limit{setting="MESSAGE_RATE"}')).toBe(0);
  expect([figures.get('chat_database_up'), figures.get('chat_users_present')]).toEqual([1, 1]);
  await client.close();
  await server.app.get(DataSource).destroy();
  expect((await scrape()).get('chat_database_up')).toBe(0);
});

it('[H6] labels HTTP requests by route pattern, never by address', async () => {
  await http(`${server.url}/api/messages/user/geheim`);
  await http(`${server.url}/geheim`);
  await http(`${server.url}/geheim`, { method: 'PROPFIND' });
  const names = [...(await scrape()).keys()].filter((name) => name.startsWith('http_request_duration_seconds_count'));
  expect(names).toEqual(
    expect.arrayContaining([
      'http_request_duration_seconds_count{method="GET",route="/api/messages/user/:username",status_code="200"}',
      'http_request_duration_seconds_count{method="GET",route="none",status_code="404"}',
      'http_request_duration_seconds_count{method="other",route="none",status_code="404"}',
    ]),
  );
  expect(names.join('\n')).not.toContain('geheim');
});
