import { IsIn } from 'class-validator';
import { LOG_FORMATS, LOG_LEVELS } from '../../platform/logging/logger';
import { Setting } from '../setting.decorator';

export class LoggingSettings {
  @Setting('Least important level that is logged.')
  @IsIn(LOG_LEVELS, { message: LOG_LEVELS.join(', ') })
  readonly LOG_LEVEL: (typeof LOG_LEVELS)[number] = 'info';

  @Setting('on: one log line per HTTP request and per WebSocket connection.')
  @IsIn(['on', 'off'], { message: 'on or off' })
  readonly ACCESS_LOG: 'on' | 'off' = 'off';

  @Setting('json: one object per line. pretty: coloured text, the default on a terminal.', 'json')
  @IsIn(LOG_FORMATS, { message: 'json or pretty' })
  readonly LOG_FORMAT: (typeof LOG_FORMATS)[number] = process.stdout.isTTY ? 'pretty' : 'json';
}
