import { storedTimestamp, utcDay, wireTimestamp } from './timestamps';

describe('timestamps', () => {
  const ms = Date.UTC(2024, 0, 1, 12, 0, 0, 999);

  it('truncates to the second', () => {
    expect(storedTimestamp(ms)).toBe('2024-01-01T12:00:00');
    expect(wireTimestamp(ms)).toBe('2024-01-01T12:00:00Z');
  });

  it('returns the UTC day on both sides of midnight', () => {
    expect(utcDay(Date.UTC(2024, 1, 29, 23, 59, 59, 999))).toBe('2024-02-29');
    expect(utcDay(Date.UTC(2024, 2, 1))).toBe('2024-03-01');
  });
});
