import { DataSource } from 'typeorm';
import { version } from '../package.json';
import { ChatClient } from './support/chat-client';
import { http } from './support/http';
import { startServer, type TestServer } from './support/server';

const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

describe('health and status', () => {
  let server: TestServer;
  beforeEach(async () => (server = await startServer()));
  afterEach(() => server.stop());

  it('[H1] /health is healthy even without the database', async () => {
    const healthy = {
      status: 'healthy',
      app: 'Chat System',
      timestamp: expect.stringMatching(TIMESTAMP),
      version,
    };
    expect(await http(`${server.url}/health`)).toMatchObject({ status: 200, body: healthy });
    await server.app.get(DataSource).destroy();
    expect(await http(`${server.url}/health`)).toMatchObject({ status: 200, body: healthy });
  });

  it('[H2] /status counts messages and connections', async () => {
    const clients = [await ChatClient.open(server), await ChatClient.open(server)];
    clients[0]!.sendMessage('max', 'Hallo');
    await clients[1]!.nextOf('chat_message');
    const open = await http(`${server.url}/status`);
    expect(open.status).toBe(200);
    expect(open.body).toEqual({
      status: 'healthy',
      app: 'Chat System',
      timestamp: expect.stringMatching(TIMESTAMP),
      version,
      database: { message_count: 1, status: 'connected' },
      websocket: { active_connections: 2, status: 'active' },
      system: {
        uptime: expect.stringMatching(/^\d+ (second|minute|hour|day)s?$/),
        memory_usage: expect.stringMatching(/^\d{1,3}%$/),
      },
    });
  });

  it('[H7] memory_usage is never 0%', async () => {
    const { body } = await http(`${server.url}/status`);
    const { memory_usage: usage } = (body as { system: { memory_usage: string } }).system;
    expect(usage).toMatch(/^([1-9]\d?|100)%$/);
  });

  it('[H3] /status is 503 when the database does not answer', async () => {
    await server.app.get(DataSource).destroy();
    const answer = await http(`${server.url}/status`);
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({
      status: 'unhealthy',
      database: { message_count: null, status: 'disconnected' },
      websocket: { active_connections: 0, status: 'active' },
    });
  });

  it('[H4] /health/live needs no database', async () => {
    await server.app.get(DataSource).destroy();
    const answer = await http(`${server.url}/health/live`);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'ok', info: {}, error: {}, details: {} });
  });

  it('[H5] /health/ready lists what is up', async () => {
    const answer = await http(`${server.url}/health/ready`);
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      status: 'ok',
      details: { database: { status: 'up' }, message_log: { status: 'up' }, websocket: { status: 'up' } },
    });
  });

  it('[H5] /health/ready is 503 and names what is down', async () => {
    await server.app.get(DataSource).destroy();
    const answer = await http(`${server.url}/health/ready`);
    expect(answer.status).toBe(503);
    expect(answer.body).toMatchObject({ status: 'error', error: { database: { status: 'down' } } });
  });
});
