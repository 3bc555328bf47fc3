import { expectPassed, violatedBy } from './support/proof';

// A proof runs for seconds, restarts servers repeatedly, and reads back everything it stored.
jest.setTimeout(180_000);

it('[R1] finds no violation on the unmodified server', () => expectPassed('--seconds 5 --seed 7'));

it('[R2] finds an acknowledgement before the commit', async () => {
  expect(await violatedBy('early-ack', '--seconds 6 --faults kill')).toContain('lost');
});

it('[R3] finds stored repeats', async () => {
  const violated = await violatedBy('store-repeats', '--faults cut');
  expect(violated).toEqual(expect.arrayContaining(['stored-twice', 'answer-changed']));
});

it('[R4] finds a replay that is off by one', async () => {
  expect(await violatedBy('replay-off-by-one', '--faults cut')).toContain('gap');
});

it('[R10] finds a change that is announced before its commit', async () => {
  const violated = await violatedBy('change-before-commit', '--faults cut');
  expect(violated).toEqual(expect.arrayContaining(['altered', 'late-ack']));
});

it('[R11] finds a replay that forgets changes', async () => {
  expect(await violatedBy('forget-changes', '--faults cut')).toContain('forgotten');
});

it('[R12] finds a guard that lets a frame type through', async () => {
  expect(await violatedBy('let-through', '--seconds 4 --faults cut')).toContain('unauthorised');
});

it("[R12] finds edits of others' messages", async () => {
  expect(await violatedBy('let-strangers-edit', '--seconds 4 --faults cut')).toContain('unauthorised');
});

it('[R13] finds the bytes of a deleted text', async () => {
  expect(await violatedBy('keep-texts', '--faults cut')).toContain('deleted-text');
});

it('[R14] finds mutes and bans that are ignored', async () => {
  const violated = await violatedBy('ignore-sanctions', '--seconds 6 --faults cut');
  expect(violated).toEqual(expect.arrayContaining(['mute-heard', 'ban-ignored']));
});

it('[R15] finds a client that skips what it missed', async () => {
  expect(await violatedBy('client/forget-the-missed', '--seconds 1 --writers 2 --faults cut')).toContain('gap');
});

it('[R16] finds a client that changes its idempotency keys', async () => {
  expect(await violatedBy('client/renew-keys', '--faults cut')).toContain('lost');
});

it('[R17] finds a client that says too early that it is complete', async () => {
  expect(await violatedBy('client/claim-early', '--seconds 1 --writers 2 --faults cut')).toEqual(['premature']);
});
