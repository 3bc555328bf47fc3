import fc from 'fast-check';
import { inMemorySession } from '../../../test/support/in-memory-session';

const MAX_NAMES = 32;

describe('the names of a session', () => {
  it('are new once', () => {
    const { session } = inMemorySession();
    expect([session.useName('eva'), session.useName('eva'), session.useName('max'), session.useName('eva')]).toEqual([
      true,
      false,
      true,
      false,
    ]);
    expect([...session.names]).toEqual(['max', 'eva']);
    expect(session.newestName).toBe('eva');
  });

  it('are empty before the first and after the end', () => {
    const { session } = inMemorySession();
    expect([[...session.names], session.newestName, session.hasName('eva')]).toEqual([[], undefined, false]);
    session.useName('eva');
    session.clearNames();
    expect([[...session.names], session.newestName, session.hasName('eva')]).toEqual([[], undefined, false]);
  });

  it('are the most recently used ones, for any sequence of uses', () => {
    const name = fc.integer({ min: 0, max: 50 }).map((n) => `user${n}`);
    fc.assert(
      fc.property(fc.array(name, { maxLength: 200 }), (uses) => {
        const { session } = inMemorySession();
        let model: string[] = [];
        for (const used of uses) {
          expect(session.useName(used)).toBe(!model.includes(used));
          model = [...model.filter((other) => other !== used), used];
          expect(session.dropExcessName()).toBe(model.length > MAX_NAMES ? model.shift() : undefined);
          expect([...session.names]).toEqual(model);
          expect(session.newestName).toBe(used);
        }
      }),
      { numRuns: 30 },
    );
  });
});
