import { BacklogDeadlines } from './backlog-deadlines';

class Reader {
  flushed = 0;
  written = 0;

  get unsent(): number {
    return this.written - this.flushed;
  }
}

/** The second at which the reader is late; `step` writes to it and flushes before each check. */
function lateAt(seconds: number, step: (reader: Reader, second: number) => void): number | undefined {
  const deadlines = new BacklogDeadlines<Reader>(10_000);
  const reader = new Reader();
  for (let second = 0; second <= seconds; second++) {
    step(reader, second);
    if (deadlines.late([reader], second * 1000).length > 0) return second;
  }
  return undefined;
}

describe('BacklogDeadlines', () => {
  it('a stalled reader is late after the timeout, whatever is written meanwhile', () => {
    expect(lateAt(30, (reader) => (reader.written += 100))).toBe(10);
  });

  it('a reader that trickles is late, too', () => {
    const trickle = (reader: Reader, second: number) => {
      if (second === 0) reader.written = 1_000_000;
      else reader.flushed += 2_500;
    };
    expect(lateAt(30, trickle)).toBe(10);
  });

  it('a reader that drains each backlog in time is never late, though more is always written', () => {
    const keepUp = (reader: Reader, second: number) => {
      reader.written += 1_000;
      if (second >= 5) reader.flushed = reader.written - 4_000;
    };
    expect(lateAt(100, keepUp)).toBeUndefined();
  });

  it('bytes written during an interval need not be flushed by its end', () => {
    const slow = (reader: Reader, second: number) => {
      if (second % 9 === 0) reader.written += 9_000;
      if (second > 0) reader.flushed += 1_000;
    };
    expect(lateAt(100, slow)).toBeUndefined();
  });

  it('a drained backlog starts a new interval', () => {
    const alternate = (reader: Reader, second: number) => {
      if (second % 8 === 0) reader.written += 1_000;
      if (second % 8 === 7) reader.flushed = reader.written;
    };
    expect(lateAt(100, alternate)).toBeUndefined();
  });

  it('forgets readers that are left out', () => {
    const deadlines = new BacklogDeadlines<Reader>(10_000);
    const reader = Object.assign(new Reader(), { written: 1 });
    expect(deadlines.late([reader], 0)).toEqual([]);
    expect(deadlines.late([], 9_000)).toEqual([]);
    expect(deadlines.late([reader], 11_000)).toEqual([]);
    expect(deadlines.late([reader], 21_000)).toEqual([reader]);
  });
});
