import { DiskPace } from './disk-pace';

describe('the pace of the disk', () => {
  it('is quick until a commit is slow, and again with the first quick one after two seconds', () => {
    const pace = new DiskPace();
    pace.committed(10, 10);
    expect(pace.isQuick).toBe(true);
    pace.committed(100, 110);
    expect(pace.isQuick).toBe(false);
    pace.committed(100, 1_100);
    pace.committed(1, 3_100);
    expect(pace.isQuick).toBe(false);
    pace.committed(1, 3_101);
    expect(pace.isQuick).toBe(true);
  });

  it('stays slow where every commit is, however seldom they come', () => {
    const pace = new DiskPace();
    for (const now of [1_000, 10_000, 100_000]) {
      pace.committed(1_000, now);
      expect(pace.isQuick).toBe(false);
    }
  });
});
