import { DiskPace } from './disk-pace';

describe('the pace of the disk', () => {
  it('is quick until a commit is slow, and again when none was for two seconds', () => {
    const pace = new DiskPace();
    pace.committed(10, 10);
    expect(pace.isQuick(10)).toBe(true);
    pace.committed(100, 110);
    expect(pace.isQuick(110)).toBe(false);
    pace.committed(100, 1100);
    pace.committed(1, 2001);
    expect(pace.isQuick(3100)).toBe(false);
    expect(pace.isQuick(3101)).toBe(true);
  });
});
