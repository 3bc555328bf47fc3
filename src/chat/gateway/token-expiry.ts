import { Injectable, OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Access } from '../../access/access';
import { type CancelTimer, Clock } from '../../platform/lifecycle/clock';
import { CONNECTION_ENDS } from '../protocol/connection-ends';
import { PROTOCOL_V2 } from '../protocol/protocol-v2';
import { serialize } from '../protocol/serializer';
import { OpenSessions } from '../sessions/open-sessions';
import type { Session } from '../sessions/session';
import { Unauthenticated } from '../sessions/unauthenticated';
import { OpenStreams } from '../sse/open-streams';
import { ErrorReplies } from './error-replies';

const CHECK_INTERVAL_MS = 1_000;
/** Notice given to a v2 client before its token expires, in milliseconds: enough for a slow identity provider. */
const NOTICE_MS = 60_000;

/**
 * Ends connections and event streams when their tokens expire, and connections that do not send one in time. Owns the one check
 * for all of them: a timer per connection would cost more than its frames. Must not know how a token is renewed.
 */
@Injectable()
export class TokenExpiry implements OnApplicationBootstrap, OnModuleDestroy {
  private cancel: CancelTimer | undefined;

  constructor(
    private readonly access: Access,
    private readonly clock: Clock,
    private readonly sessions: OpenSessions,
    private readonly unauthenticated: Unauthenticated,
    private readonly streams: OpenStreams,
    private readonly errors: ErrorReplies,
  ) {}

  onApplicationBootstrap(): void {
    if (this.access.isOn) this.cancel = this.clock.every(CHECK_INTERVAL_MS, () => this.check());
  }

  onModuleDestroy(): void {
    this.cancel?.();
  }

  private check(): void {
    for (const session of this.unauthenticated.late()) this.errors.end(session, CONNECTION_ENDS.noToken);
    const now = this.clock.now();
    for (const session of this.sessions) this.checkToken(session, now);
    this.streams.endExpired(now);
  }

  private checkToken(session: Session, now: number): void {
    const { identity } = session;
    if (identity.expiresAt === undefined) return;
    const left = identity.expiresAt - now;
    if (left <= 0) {
      this.errors.end(session, CONNECTION_ENDS.expired);
    } else if (left <= NOTICE_MS && session.noticeOf !== identity && session.protocol === PROTOCOL_V2) {
      // `welcome` comes first.
      if (!session.subscription) return;
      session.noticeOf = identity;
      session.send(serialize({ type: 'token_expiring', token_expires_in_ms: left }));
    }
  }
}
