import { BacklogDeadlines } from './backlog-deadlines';

class Reader {
  taken = 0;
  written = 0;

  get unsent(): number {
    return this.written - this.taken;
  }
}

/** Who is late, second by second; `step` says what the reader is sent and takes before each look. */
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
  it('a reader that takes nothing is late after its time, however much comes on top', () => {
    expect(lateAt(30, (reader) => (reader.written += 100))).toBe(10);
  });

  it('a reader that trickles is late as well', () => {
    const trickle = (reader: Reader, second: number) => {
      if (second === 0) reader.written = 1_000_000;
      else reader.taken += 2_500;
    };
    expect(lateAt(30, trickle)).toBe(10);
  });

  it('a reader that takes what waited is never late, though there is always something new', () => {
    const follow = (reader: Reader, second: number) => {
      reader.written += 1_000;
      if (second >= 5) reader.taken = reader.written - 4_000;
    };
    expect(lateAt(100, follow)).toBeUndefined();
  });

  it('what is written in an interval need not be taken in it', () => {
    const slow = (reader: Reader, second: number) => {
      if (second % 9 === 0) reader.written += 9_000;
      if (second > 0) reader.taken += 1_000;
    };
    expect(lateAt(100, slow)).toBeUndefined();
  });

  it('a backlog that was emptied in between begins anew', () => {
    const inTurns = (reader: Reader, second: number) => {
      if (second % 8 === 0) reader.written += 1_000;
      if (second % 8 === 7) reader.taken = reader.written;
    };
    expect(lateAt(100, inTurns)).toBeUndefined();
  });

  it('forgets readers that are gone', () => {
    const deadlines = new BacklogDeadlines<Reader>(10_000);
    const reader = Object.assign(new Reader(), { written: 1 });
    expect(deadlines.late([reader], 0)).toEqual([]);
    expect(deadlines.late([], 9_000)).toEqual([]);
    expect(deadlines.late([reader], 11_000)).toEqual([]);
    expect(deadlines.late([reader], 21_000)).toEqual([reader]);
  });
});
