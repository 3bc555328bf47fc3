import { ConsoleLogger, type LogLevel } from '@nestjs/common';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'verbose'] as const;
export const LOG_FORMATS = ['json', 'pretty'] as const;

/** Parts of Nest that list modules and routes at every start. */
const INVENTORY = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'WebSocketsController',
  'NestApplication',
]);

/** Nest's console logger with UTC timestamps, the usual level names, and the framework's inventory at `debug`. */
export class AppLogger extends ConsoleLogger {
  /** @param level the least severe level that is logged */
  constructor(level: (typeof LOG_LEVELS)[number], format: (typeof LOG_FORMATS)[number]) {
    const levels = LOG_LEVELS.slice(0, LOG_LEVELS.indexOf(level) + 1);
    const logLevels: LogLevel[] = ['fatal', ...levels.map((one) => (one === 'info' ? 'log' : one))];
    super({ prefix: 'Chat', logLevels, json: format === 'json', colors: format === 'pretty' });
  }

  override log(message: unknown, ...context: unknown[]): void {
    const level = INVENTORY.has(String(context.at(-1))) ? 'debug' : 'log';
    super[level](message, ...context);
  }

  /** `main` reports a failed start once; Nest would print the stack first. */
  override error(message: unknown, ...context: unknown[]): void {
    if (!['ExceptionHandler', 'NestApplication'].includes(String(context.at(-1)))) super.error(message, ...context);
  }

  protected override getTimestamp(): string {
    return new Date().toISOString();
  }

  /** Replaces Nest's level `log`, which log collectors do not know. */
  protected override getJsonLogObject(
    message: unknown,
    options: { context: string; logLevel: LogLevel; writeStreamType?: 'stdout' | 'stderr'; errorStack?: unknown },
  ) {
    return {
      ...super.getJsonLogObject(message, options),
      level: (options.logLevel === 'log' ? 'info' : options.logLevel) as never,
      timestamp: this.getTimestamp() as never,
    };
  }
}
