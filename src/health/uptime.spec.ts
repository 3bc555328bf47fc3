import { formatUptime } from './uptime';

describe('formatUptime', () => {
  it.each([
    [0, '0 seconds'],
    [1.9, '1 second'],
    [59.9, '59 seconds'],
    [60, '1 minute'],
    [3_599, '59 minutes'],
    [7_200, '2 hours'],
    [86_400, '1 day'],
    [300_000, '3 days'],
  ])('%p seconds: %s', (seconds, text) => expect(formatUptime(seconds)).toBe(text));
});
