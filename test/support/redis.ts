import { spawnSync } from 'node:child_process';
import { canStartRedis, RedisServer } from '../../proof/cluster/redis-server';
import { END_CONNECTIONS, execute, testFolder } from './database';

/** A Redis that tests may share: it is only spoken over. */
export const REDIS_URL = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';

export { canStartRedis };
export const hasRedis = answers(REDIS_URL);

/** Ends the bus's connections to a database, as an administrator or a failing server would. */
export async function cutOffBus(url: string): Promise<void> {
  await execute(url, `${END_CONNECTIONS} AND application_name = 'chat-bus'`);
}

/** A Redis of a test's own, to be stopped and frozen; it ends with the test file at the latest. */
export async function startRedis(): Promise<RedisServer> {
  const redis = await RedisServer.start(testFolder());
  started.push(redis);
  return redis;
}

const started: RedisServer[] = [];
afterAll(() => {
  for (const redis of started) redis.abandon();
});

/** Whether something listens there; asked by another process, as suites are chosen before anything can be awaited. */
function answers(url: string): boolean {
  const { hostname, port } = new URL(url);
  const script = `require('net').connect(${port}, '${hostname}', () => process.exit(0)).on('error', () => process.exit(1))`;
  return spawnSync(process.execPath, ['-e', script], { timeout: 10_000 }).status === 0;
}
