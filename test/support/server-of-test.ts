import { startServer, type TestServer } from './server';

const servers: TestServer[] = [];

/** Like `startServer`; stopped at the end of the test. */
export async function startForTest(environment: Record<string, string> = {}): Promise<TestServer> {
  const server = await startServer(environment);
  servers.push(server);
  return server;
}

afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});
