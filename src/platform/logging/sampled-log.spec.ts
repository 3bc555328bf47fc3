import { Logger } from '@nestjs/common';
import { StoppedClock } from '../lifecycle/stopped-clock';
import { SampledLog } from './sampled-log';

it('samples each cause by itself, and bounds what it remembers', () => {
  const logger = new Logger();
  const error = jest.spyOn(logger, 'error').mockReturnValue();
  const log = new SampledLog(logger, new StoppedClock());
  const broken = new Error('broken');
  for (let i = 0; i < 2_000; i++) log.error('a request failed', broken, `route ${i % 1_000}`);
  expect(error).toHaveBeenCalledTimes(101);
  expect(error.mock.lastCall).toEqual(['a request failed', expect.stringContaining('Error: broken')]);
});

it('logs the first of many lines, and the number of suppressed ones with the next', () => {
  const clock = new StoppedClock();
  const logger = new Logger();
  const warn = jest.spyOn(logger, 'warn').mockReturnValue();
  const log = new SampledLog(logger, clock);
  for (const at of [0, 1, 9_999, 10_000, 10_001]) {
    clock.at = at;
    log.warn('a reader is closed');
  }
  expect(warn.mock.calls).toEqual([['a reader is closed'], ['a reader is closed (2 such lines were left out before)']]);
});
