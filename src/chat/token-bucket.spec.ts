import { TokenBucket } from './token-bucket';

describe('TokenBucket', () => {
  it('allows the burst, then the rate', () => {
    const bucket = new TokenBucket(2, 3, 0);
    expect([0, 0, 0, 0].map((now) => bucket.take(now))).toEqual([true, true, true, false]);
    expect(bucket.take(499)).toBe(false);
    expect(bucket.take(500)).toBe(true);
    expect(bucket.take(500)).toBe(false);
  });

  it('never saves up more than the burst', () => {
    const bucket = new TokenBucket(1, 2, 0);
    expect([1e9, 1e9, 1e9].map((now) => bucket.take(now))).toEqual([true, true, false]);
  });

  it('knows no limit at rate 0', () => {
    const bucket = new TokenBucket(0, 1, 0);
    expect([0, 0, 0].map((now) => bucket.take(now))).toEqual([true, true, true]);
  });
});
