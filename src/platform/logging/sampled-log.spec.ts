import { Logger } from '@nestjs/common';
import { StoppedClock } from '../lifecycle/stopped-clock';
import { SampledLog } from './sampled-log';

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
