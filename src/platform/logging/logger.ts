import { ConsoleLogger, type LogLevel } from '@nestjs/common';

/** Parts of Nest that tell at the start what they found; nobody who runs the server wants to read it every time. */
const FLOOR_PLAN = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'WebSocketsController',
  'NestApplication',
]);

/** Nest's console logger with UTC times, and with the framework's inventory at `debug`. */
export class AppLogger extends ConsoleLogger {
  override log(message: unknown, ...context: unknown[]): void {
    const level = FLOOR_PLAN.has(String(context.at(-1))) ? 'debug' : 'log';
    super[level](message, ...context);
  }

  /** A failed start is reported once, by `main`; Nest would print the stack before. */
  override error(message: unknown, ...context: unknown[]): void {
    if (!['ExceptionHandler', 'NestApplication'].includes(String(context.at(-1)))) super.error(message, ...context);
  }

  protected override getTimestamp(): string {
    return new Date().toISOString();
  }

  /** With the level's usual name: what collects logs does not know Nest's `log`. */
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
