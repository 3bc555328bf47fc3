import { ConnectionAttempts } from './connection-attempts';

const PAUSE_MS = 100;

let now: number;
let attempts: ConnectionAttempts;
let made: { succeed: () => void; fail: () => void }[];

beforeEach(() => {
  now = 0;
  made = [];
  attempts = new ConnectionAttempts(() => now);
});

function attempt(): Promise<void> {
  return attempts.make(
    () =>
      new Promise<void>((resolve, reject) => {
        made.push({ succeed: resolve, fail: () => reject(new Error(`attempt ${made.length}`)) });
      }),
  );
}

async function failOnce(): Promise<void> {
  const failed = attempt();
  made[0]!.fail();
  await expect(failed).rejects.toThrow('attempt 1');
}

describe('attempts to connect', () => {
  it('[G9] are made at the same time while none failed', async () => {
    const all = [attempt(), attempt(), attempt()];
    expect(made).toHaveLength(3);
    for (const { succeed } of made) succeed();
    await Promise.all(all);
  });

  it('[G9] are refused with the last failure for a pause after it', async () => {
    await failOnce();
    now = PAUSE_MS - 1;
    await expect(attempt()).rejects.toThrow('attempt 1');
    expect(made).toHaveLength(1);
    now = PAUSE_MS;
    void attempt();
    expect(made).toHaveLength(2);
  });

  it('[G9] wait for one that is made after a failure, and fail with it', async () => {
    await failOnce();
    now = PAUSE_MS;
    const all = [attempt(), attempt(), attempt()];
    now = 10 * PAUSE_MS;
    expect(made).toHaveLength(2);
    made[1]!.fail();
    for (const one of await Promise.allSettled(all)) expect(one).toMatchObject({ reason: { message: 'attempt 2' } });
    expect(made).toHaveLength(2);
  });

  it('[G9] are free again after one that succeeded', async () => {
    await failOnce();
    now = PAUSE_MS;
    const all = [attempt(), attempt(), attempt()];
    made[1]!.succeed();
    await all[0];
    await Promise.resolve();
    expect(made).toHaveLength(4);
    for (const { succeed } of made) succeed();
    await Promise.all(all);
    void attempt();
    void attempt();
    expect(made).toHaveLength(6);
  });
});
