import { Injectable, Logger } from '@nestjs/common';
import { isStorable, MAX_CLIENT_ID_LENGTH } from '../../messages/message-input';
import { AppError } from '../../platform/errors/app-error';
import { Clock } from '../../platform/lifecycle/clock';
import { SampledLog } from '../../platform/logging/sampled-log';
import { Metrics } from '../../platform/metrics/metrics';
import { CONNECTION_ENDS, type ConnectionEnd } from '../protocol/connection-ends';
import { CLOSE } from '../protocol/close-codes';
import { RateLimits } from '../sessions/rate-limits';
import type { Session } from '../sessions/session';

/** Turns an exception from handling a frame into one `error` frame for its sender. Owns the limit of refused frames. */
@Injectable()
export class ErrorReplies {
  private readonly log: SampledLog;

  constructor(
    private readonly clock: Clock,
    private readonly limits: RateLimits,
    private readonly metrics: Metrics,
  ) {
    this.log = new SampledLog(new Logger('WebSocket'), clock);
  }

  /** @param frame the refused frame, if it was an object: its idempotency key is echoed in the answer, whatever its type */
  answer(session: Session | undefined, exception: unknown, frame?: object): void {
    const error = exception instanceof AppError ? exception : new AppError('INTERNAL_ERROR');
    this.metrics.refusals.inc({ code: error.code });
    if (error !== exception) {
      this.metrics.faults.inc({ where: 'websocket' });
      this.log.error(`a frame failed: ${String(exception)}`, exception);
    }
    if (!session) return;
    if (isClientFault(error) && !this.limits.chargeRefusal(session)) {
      this.metrics.closed.inc({ cause: 'refused_frames' });
      session.connection.refuse(CLOSE.policy, 'too many refused frames');
      return;
    }
    const { protocol, language } = session;
    session.send(protocol.error(error, language, this.clock.now(), clientIdOf(frame)));
    if (error.message === CONNECTION_ENDS.banned.reason) this.expel(session, CONNECTION_ENDS.banned);
  }

  /** Closes the connection of an expelled client: ignores its further frames, and leaves it a second to read. */
  expel({ connection }: Session, { code, text, cause }: Omit<ConnectionEnd, 'reason'>): void {
    if (!connection.isOpen) return;
    this.metrics.closed.inc({ cause });
    connection.refuse(code, text);
  }

  /** Ends a connection that is no longer allowed: an `error` with the reason, then the close frame, after the unsent bytes. */
  end(session: Session, { reason, code, text, cause }: ConnectionEnd): void {
    if (!session.connection.isOpen) return;
    this.metrics.closed.inc({ cause });
    session.send(session.protocol.error(new AppError(reason), session.language, this.clock.now()));
    session.connection.close(code, text);
  }
}

/** Whether fewer or different frames would have avoided the error. */
function isClientFault({ status }: AppError): boolean {
  return status < 500;
}

function clientIdOf(frame: object | undefined): string | undefined {
  const id = (frame as { client_id?: unknown } | undefined)?.client_id;
  const isValid = typeof id === 'string' && id.length > 0 && id.length <= MAX_CLIENT_ID_LENGTH && isStorable(id);
  return isValid ? id : undefined;
}
