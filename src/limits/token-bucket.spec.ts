import { TokenBucket } from './token-bucket';

describe('TokenBucket', () => {
  it('allows the burst, then the rate', () => {
    const bucket = new TokenBucket(2, 3, 0);
    expect([0, 0, 0, 0].map((now) => bucket.take(now))).toEqual([0, 0, 0, 500]);
    expect(bucket.take(499)).toBe(2);
    expect(bucket.take(501)).toBe(0);
    expect(bucket.take(501)).toBe(499);
  });

  it('never saves up more than the burst', () => {
    const bucket = new TokenBucket(1, 2, 0);
    expect([1e9, 1e9, 1e9].map((now) => bucket.take(now))).toEqual([0, 0, 1000]);
  });
});
