import { TokenBucket } from './token-bucket';

describe('TokenBucket', () => {
  it('allows the burst, then the rate', () => {
    const bucket = new TokenBucket(2, 3, 0);
    expect([0, 0, 0, 0].map((now) => bucket.take(now))).toEqual([0, 0, 0, 500]);
    expect(bucket.take(499)).toBe(2);
    expect(bucket.take(501)).toBe(0);
    expect(bucket.take(501)).toBe(499);
  });

  it('never accumulates more than the burst', () => {
    const bucket = new TokenBucket(1, 2, 0);
    expect([1e9, 1e9, 1e9].map((now) => bucket.take(now))).toEqual([0, 0, 1000]);
  });

  it('starts with the given tokens', () => {
    expect(new TokenBucket(1, 10, 0, 0).take(0)).toBe(1000);
  });

  it('refills a debt before it allows anything', () => {
    const bucket = new TokenBucket(10, 10, 0);
    bucket.charge(0, 30);
    expect(bucket.missing(0)).toBe(30);
    expect(bucket.waitMs(1000)).toBe(1100);
    expect(bucket.take(2100)).toBe(0);
  });

  it('caps a debt at ten seconds of the rate', () => {
    const bucket = new TokenBucket(10, 10, 0);
    for (let i = 0; i < 1000; i++) bucket.charge(0, 1);
    expect(bucket.waitMs(0)).toBe(10_100);
  });

  it('lets a cost above the burst wait for a full bucket, not forever', () => {
    const bucket = new TokenBucket(1, 2, 0);
    expect(bucket.take(0, 5)).toBe(0);
    expect(bucket.take(0, 5)).toBe(5000);
  });
});
