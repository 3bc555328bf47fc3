import { ArgumentsHost, Catch, Injectable, Logger, WsExceptionFilter } from '@nestjs/common';
import type { WebSocket } from 'ws';
import { AppError } from '../common/app-error';
import { Clock } from '../common/clock';
import { wireTimestamp } from '../common/timestamps';
import { Hub } from './hub';

/** Turns whatever a gateway method threw into one `error` frame for the client that caused it, and for nobody else. */
@Catch()
@Injectable()
export class WsErrorFilter implements WsExceptionFilter {
  private readonly logger = new Logger('WebSocket');

  constructor(
    private readonly hub: Hub,
    private readonly clock: Clock,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    this.answer(host.switchToWs().getClient<WebSocket>(), exception);
  }

  answer(socket: WebSocket, exception: unknown): void {
    const error = exception instanceof AppError ? exception : new AppError('INTERNAL_ERROR');
    if (error !== exception) {
      this.logger.error(
        `a frame failed: ${String(exception)}`,
        exception instanceof Error ? exception.stack : undefined,
      );
    }
    const connection = this.hub.of(socket);
    connection?.send({
      type: 'error',
      message: error.text(connection.language),
      timestamp: wireTimestamp(this.clock.now()),
    });
  }
}
