import { DiskPace } from './disk-pace';

describe('the pace of the disk', () => {
  it('is fast until a commit takes far too long, and again two seconds later', () => {
    const pace = new DiskPace();
    pace.committed(10, 10);
    expect(pace.isQuick).toBe(true);
    pace.committed(100, 1_000);
    expect(pace.isQuick).toBe(false);
    pace.committed(1, 2_990);
    expect(pace.isQuick).toBe(false);
    pace.committed(1, 3_000);
    expect(pace.isQuick).toBe(true);
  });

  it('tolerates occasional slow commits, but is slow when they add up', () => {
    const pace = new DiskPace();
    for (const now of [1_000, 2_000, 3_000]) {
      pace.committed(15, now);
      expect(pace.isQuick).toBe(true);
    }
    for (const now of [3_050, 3_100, 3_150]) pace.committed(15, now);
    expect(pace.isQuick).toBe(true);
    pace.committed(15, 3_200);
    expect(pace.isQuick).toBe(false);
  });

  it('stays slow while every commit is slow, at any rate of commits', () => {
    const pace = new DiskPace();
    for (const now of [1_000, 10_000, 100_000]) {
      pace.committed(1_000, now);
      expect(pace.isQuick).toBe(false);
    }
  });
});
