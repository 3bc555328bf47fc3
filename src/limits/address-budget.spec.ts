import { AddressBudget, type Allowances } from './address-budget';

const NONE: Allowances = {
  frames: undefined,
  messages: undefined,
  names: undefined,
  handshakes: undefined,
  history: undefined,
  requests: undefined,
};
const BURST = { rate: 20, burst: 100 };

describe('AddressBudget', () => {
  it('charges each kind by itself, and what has no limit not at all', () => {
    const budget = new AddressBudget({ ...NONE, names: { rate: 1, burst: 2 } }, 0);
    expect([0, 0, 0].map((now) => budget.take('names', now))).toEqual([0, 0, 1000]);
    expect(budget.take('frames', 0, 1e9)).toBe(0);
  });

  it('lets what was charged afterwards be paid back first', () => {
    const budget = new AddressBudget({ ...NONE, history: { rate: 1000, burst: 1000 } }, 0);
    budget.charge('history', 0, 3000);
    expect(budget.waitMs('history', 0)).toBe(2001);
    expect(budget.waitMs('history', 2001)).toBe(0);
  });

  it('owes what was charged beyond what it had, and only that', () => {
    const budget = new AddressBudget({ ...NONE, requests: { rate: 10, burst: 20 } }, 0);
    expect(budget.owes('requests', 0)).toBe(false);
    budget.take('requests', 0, 20);
    expect(budget.owes('requests', 0)).toBe(false);
    budget.charge('requests', 0, 20);
    expect(budget.owes('requests', 1999)).toBe(true);
    expect(budget.owes('requests', 2000)).toBe(false);
  });

  it('gives the first connection a whole burst', () => {
    expect(new AddressBudget(NONE, 0).bequeath(BURST, 0)).toBe(100);
  });

  it('hands what a connection spent down to the next one, for as long as it would have had to pay it back', () => {
    const budget = new AddressBudget(NONE, 0);
    budget.inherit(100, BURST, 0);
    expect(budget.bequeath(BURST, 1000)).toBe(20);
    expect(budget.bequeath(BURST, 1000)).toBe(100);
  });

  it('leaves who comes back again and again the rate, however often', () => {
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
