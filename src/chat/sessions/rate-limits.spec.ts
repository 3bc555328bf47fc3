import { inMemorySession } from '../../../test/support/in-memory-session';
import { SenderRates } from '../../limits/sender-rates';
import { ManualClock } from '../../../test/support/manual-clock';
import { AddressBudget, type Allowances } from '../../limits/address-budget';
import type { AppError } from '../../platform/errors/app-error';
import { Metrics } from '../../platform/metrics/metrics';
import { readSettings } from '../../settings/load-settings';
import { RateLimits } from './rate-limits';

const metrics = new Metrics();

function limitsWith(given: Record<string, string>, allowances: Partial<Allowances> = {}) {
  const settings = readSettings({ LIMITS: 'off', ...given });
  const clock = new ManualClock();
  const address = new AddressBudget(allowances as Allowances, 0);
  const open = () => inMemorySession({ settings, clock, address }).session;
  return { limits: new RateLimits(settings, clock, new SenderRates(settings, clock), metrics), clock, open };
}

/** Charges until refused: the number of accepted charges, and the wait in ms after them. */
function spend(charge: () => void): { count: number; waitMs: number | undefined } {
  for (let count = 0; count < 1_000; count++) {
    try {
      charge();
    } catch (error) {
      return { count, waitMs: (error as AppError).retryAfterMs };
    }
  }
  return { count: Infinity, waitMs: undefined };
}

describe('messages', () => {
  const rates = { MESSAGE_RATE: '2', MESSAGE_BURST: '5' };

  it('are allowed in a burst, then at the rate', async () => {
    const { limits, clock, open } = limitsWith(rates);
    const session = open();
    const send = () => limits.chargeMessage(session);
    expect(spend(send)).toEqual({ count: 5, waitMs: 500 });
    await clock.advance(1_000);
    expect(spend(send)).toEqual({ count: 2, waitMs: 500 });
  });

  it('are charged to each session, and to its address after the session ends', async () => {
    const { limits, clock, open } = limitsWith(rates);
    const [first, second] = [open(), open()];
    expect(spend(() => limits.chargeMessage(first)).count).toBe(5);
    expect(spend(() => limits.chargeMessage(second)).count).toBe(5);
    limits.end(first);
    const next = open();
    expect(spend(() => limits.chargeMessage(next)).count).toBe(1);
    await clock.advance(10_000);
    const late = open();
    expect(spend(() => limits.chargeMessage(late)).count).toBe(5);
  });

  it('of all sessions of an address have a common rate', () => {
    const { limits, open } = limitsWith({ MESSAGE_RATE_PER_IP: '3' }, { messages: { rate: 3, burst: 3 } });
    const [first, second] = [open(), open()];
    limits.chargeMessage(first);
    expect(spend(() => limits.chargeMessage(second)).count).toBe(2);
  });
});

it('a name is charged once per session', () => {
  const { limits, open } = limitsWith({ NAME_RATE_PER_IP: '60' }, { names: { rate: 1, burst: 2 } });
  const session = open();
  limits.chargeName(session, 'eva');
  session.useName('eva');
  for (let i = 0; i < 10; i++) limits.chargeName(session, 'eva');
  expect(spend(() => limits.chargeName(session, 'max')).count).toBe(1);
});

describe('refused frames', () => {
  it('are counted up to MAX_REFUSED_FRAMES, and one is forgotten per second', async () => {
    const { limits, clock, open } = limitsWith({ MAX_REFUSED_FRAMES: '3' });
    const session = open();
    const refusals = () => Array.from({ length: 4 }, () => limits.chargeRefusal(session));
    expect(refusals()).toEqual([true, true, true, false]);
    await clock.advance(1_000);
    expect(refusals()).toEqual([true, false, false, false]);
  });

  it('are not counted when the setting is 0', () => {
    const { limits, open } = limitsWith({ MAX_REFUSED_FRAMES: '0' });
    const session = open();
    for (let i = 0; i < 1_000; i++) expect(limits.chargeRefusal(session)).toBe(true);
    expect(session.refusals).toBeUndefined();
  });
});
