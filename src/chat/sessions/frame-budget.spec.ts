import { setImmediate as nextTurn } from 'node:timers/promises';
import { StoppedClock } from '../../platform/lifecycle/stopped-clock';
import { readSettings } from '../../settings/load-settings';
import { AddressBudget, type Allowances } from '../../limits/address-budget';
import { FrameBudget, FrameRates } from './frame-budget';

const NONE = Object.fromEntries(
  ['frames', 'messages', 'names', 'handshakes', 'history', 'requests'].map((what) => [what, undefined]),
) as Allowances;

const clock = new StoppedClock();
const rates = (settings: Record<string, string>) => new FrameRates(readSettings({ LIMITS: 'off', ...settings }), clock);
const address = (rate: number) => new AddressBudget({ ...NONE, frames: { rate, burst: rate } }, 0);

/** Advances the clock, and the event loop by a turn, after which budgets read the time again. */
async function later(milliseconds: number): Promise<void> {
  clock.at += milliseconds;
  await nextTurn();
  await nextTurn();
}

it('allows a burst of one second of the rate, then requires a wait', async () => {
  const budget = new FrameBudget(rates({ FRAME_RATE: '10' }), undefined);
  for (let i = 0; i < 10; i++) {
    expect(budget.waitMs).toBe(0);
    budget.charge(10);
  }
  expect(budget.waitMs).toBe(100);
  await later(100);
  expect(budget.waitMs).toBe(0);
});

it('charges long frames by their length', () => {
  const budget = new FrameBudget(rates({ FRAME_RATE: '10' }), undefined);
  budget.charge(48_000);
  expect(budget.waitMs).toBe(1500);
});

it('ends the turn of a connection after its share of many frames, even without a rate', async () => {
  const all = rates({});
  const [busy, other] = [new FrameBudget(all, undefined), new FrameBudget(all, undefined)];
  for (let i = 0; i < 256; i++) busy.charge(10);
  expect([busy.isTurnOver, other.isTurnOver, busy.waitMs]).toEqual([true, false, 0]);
  for (let i = 0; i < 16; i++) other.charge(10);
  expect(other.isTurnOver).toBe(true);
  await later(0);
  expect(busy.isTurnOver).toBe(false);
});

it('makes connections of an address wait for the spending of one of them, except modest ones', () => {
  const all = rates({ FRAME_RATE: '100' });
  const shared = address(20);
  const [busy, other] = [new FrameBudget(all, shared), new FrameBudget(all, shared)];
  for (let i = 0; i < 40; i++) busy.charge(10);
  expect([busy.waitMs, other.waitMs]).toEqual([1050, 0]);
  for (let i = 0; i < 20; i++) other.charge(10);
  expect(other.waitMs).toBe(2050);
});

it('makes all connections wait for the spending of the process, except modest ones', () => {
  const all = rates({ FRAME_RATE: '100', FRAME_RATE_TOTAL: '10' });
  const [busy, other] = [new FrameBudget(all, undefined), new FrameBudget(all, undefined)];
  for (let i = 0; i < 20; i++) busy.charge(10);
  expect([busy.waitMs, other.waitMs]).toEqual([1100, 0]);
});
