import { AddressBudget, type Allowances } from './address-budget';

const NONE: Allowances = {
  frames: undefined,
  messages: undefined,
  names: undefined,
  handshakes: undefined,
  history: undefined,
  requests: undefined,
  authentications: undefined,
};
const BURST = { rate: 20, burst: 100 };

describe('AddressBudget', () => {
  it('charges each resource separately, and unlimited ones not at all', () => {
    const budget = new AddressBudget({ ...NONE, names: { rate: 1, burst: 2 } }, 0);
    expect([0, 0, 0].map((now) => budget.take('names', now))).toEqual([0, 0, 1000]);
    expect(budget.take('frames', 0, 1e9)).toBe(0);
  });

  it('refills a debt before it allows more', () => {
    const budget = new AddressBudget({ ...NONE, history: { rate: 1000, burst: 1000 } }, 0);
    budget.charge('history', 0, 3000);
    expect(budget.waitMs('history', 0)).toBe(2001);
    expect(budget.waitMs('history', 2001)).toBe(0);
  });

  it('is in debt while charges exceed the burst, and no longer', () => {
    const budget = new AddressBudget({ ...NONE, requests: { rate: 10, burst: 20 } }, 0);
    expect(budget.isInDebt('requests', 0)).toBe(false);
    budget.take('requests', 0, 20);
    expect(budget.isInDebt('requests', 0)).toBe(false);
    budget.charge('requests', 0, 20);
    expect(budget.isInDebt('requests', 1999)).toBe(true);
    expect(budget.isInDebt('requests', 2000)).toBe(false);
  });

  it('gives the first connection the whole burst', () => {
    expect(new AddressBudget(NONE, 0).bequeath(BURST, 0)).toBe(100);
  });

  it('passes the spent burst of a connection on to the next one, until it would have been refilled', () => {
    const budget = new AddressBudget(NONE, 0);
    budget.inherit(100, BURST, 0);
    expect(budget.bequeath(BURST, 1000)).toBe(20);
    expect(budget.bequeath(BURST, 1000)).toBe(100);
  });

  it('limits a client that reconnects repeatedly to the rate', () => {
    const budget = new AddressBudget(NONE, 0);
    let sent = 0;
    for (let now = 0; now < 10_000; now += 100) {
      const allowed = Math.floor(budget.bequeath(BURST, now));
      sent += allowed;
      budget.inherit(BURST.burst, BURST, now);
    }
    expect(sent).toBeLessThanOrEqual(100 + 10 * BURST.rate + 100);
  });
});
