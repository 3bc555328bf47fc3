import { spawnSync } from 'node:child_process';
import { canStartRedis, RedisServer } from '../../proof/cluster/redis-server';
import { END_CONNECTIONS, execute, testFolder } from './database';

/** A Redis shared by tests that only publish and subscribe. */
export const REDIS_URL = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';

export { canStartRedis };
export const hasRedis = answers(REDIS_URL);

/** Closes the bus's connections to a database, like an administrator or a failing server. */
export async function cutOffBus(url: string): Promise<void> {
  await execute(url, `${END_CONNECTIONS} AND application_name = 'chat-bus'`);
}

/** Starts a Redis for one test, which may stop and freeze it; ended after the test file at the latest. */
export async function startRedis(): Promise<RedisServer> {
  const redis = await RedisServer.start(testFolder());
  started.push(redis);
  return redis;
}

const started: RedisServer[] = [];
afterAll(() => {
  for (const redis of started) redis.abandon();
});

/** Whether a server listens at this URL. Asks through a child process: suites are selected synchronously. */
function answers(url: string): boolean {
  const { hostname, port } = new URL(url);
  const script = `require('net').connect(${port}, '${hostname}', () => process.exit(0)).on('error', () => process.exit(1))`;
  return spawnSync(process.execPath, ['-e', script], { timeout: 10_000 }).status === 0;
}
