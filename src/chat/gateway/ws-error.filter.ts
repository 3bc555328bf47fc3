import { ArgumentsHost, Catch, Injectable, Logger, WsExceptionFilter } from '@nestjs/common';
import type { WebSocket } from 'ws';
import { AppError } from '../../platform/errors/app-error';
import { Clock } from '../../platform/lifecycle/clock';
import { Metrics } from '../../platform/metrics/metrics';
import { CLOSE } from '../protocol/close-codes';
import type { Connection } from '../sessions/connection';
import { Connections } from '../sessions/connections';
import { MAX_CLIENT_ID_LENGTH } from '../protocol/frames';
import { RateLimits } from '../sessions/rate-limits';
import { isStorable } from '../protocol/user-input';

/** Turns whatever a gateway method threw into one `error` frame for the client that caused it, and for nobody else. */
@Catch()
@Injectable()
export class WsErrorFilter implements WsExceptionFilter {
  private readonly logger = new Logger('WebSocket');

  constructor(
    private readonly connections: Connections,
    private readonly clock: Clock,
    private readonly limits: RateLimits,
    private readonly metrics: Metrics,
  ) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const ws = host.switchToWs();
    this.answer(this.connections.of(ws.getClient<WebSocket>()), exception, ws.getData<unknown>());
  }

  /** `frame` is what was refused, if anything: its `client_id` goes into the answer. */
  answer(connection: Connection | undefined, exception: unknown, frame?: unknown): void {
    const error = exception instanceof AppError ? exception : new AppError('INTERNAL_ERROR');
    this.metrics.refusals.inc({ code: error.code });
    if (error !== exception) {
      this.metrics.faults.inc({ where: 'websocket' });
      this.logger.error(
        `a frame failed: ${String(exception)}`,
        exception instanceof Error ? exception.stack : undefined,
      );
    }
    if (!connection) return;
    if (isTheClients(error) && !this.limits.chargeRefusal(connection)) {
      this.metrics.closed.inc({ cause: 'refused_frames' });
      connection.refuse(CLOSE.policy, 'too many refused frames');
      return;
    }
    const { protocol, language } = connection;
    connection.send(protocol.error(error, language, this.clock.now(), clientIdOf(frame)));
  }
}

/** Whether sending less, or otherwise, would have avoided it. */
function isTheClients({ status }: AppError): boolean {
  return status < 500;
}

function clientIdOf(frame: unknown): string | undefined {
  if (typeof frame !== 'object' || frame === null || !('client_id' in frame)) return undefined;
  const { client_id: id } = frame;
  const isValid = typeof id === 'string' && id.length > 0 && id.length <= MAX_CLIENT_ID_LENGTH && isStorable(id);
  return isValid ? id : undefined;
}
