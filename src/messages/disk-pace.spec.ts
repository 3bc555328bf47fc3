import { DiskPace } from './disk-pace';

describe('the pace of the disk', () => {
  it('is quick until a commit is slow, and again a hundred times as long after', () => {
    const pace = new DiskPace();
    pace.committed(0, 10);
    expect(pace.isQuick(10)).toBe(true);
    pace.committed(100, 120);
    expect(pace.isQuick(120)).toBe(false);
    expect(pace.isQuick(2119)).toBe(false);
    expect(pace.isQuick(2120)).toBe(true);
  });

  it('remembers the slowest', () => {
    const pace = new DiskPace();
    pace.committed(0, 100);
    pace.committed(200, 211);
    expect(pace.isQuick(10_099)).toBe(false);
    expect(pace.isQuick(10_100)).toBe(true);
  });
});
