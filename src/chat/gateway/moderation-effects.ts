import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Identity } from '../../access/identity';
import { MessageFeed } from '../../messages/feed/message-feed';
import { type Expelled, SanctionReplication } from '../../moderation/sanction-replication';
import { SlowMode } from '../../moderation/slow-mode';
import { AppError } from '../../platform/errors/app-error';
import { Clock } from '../../platform/lifecycle/clock';
import { Metrics } from '../../platform/metrics/metrics';
import { CLOSE } from '../protocol/close-codes';
import { CONNECTION_ENDS } from '../protocol/connection-ends';
import { OpenSessions } from '../sessions/open-sessions';
import type { Session } from '../sessions/session';
import { OpenStreams } from '../sse/open-streams';
import { ErrorReplies } from './error-replies';

/** Time for an event stream to flush its unsent bytes before it is cut off, in milliseconds. */
const STREAM_MS = 1_000;

/**
 * Applies moderation to the connections of this replica: closes those of banned or disconnected users, and passes every message
 * to slow mode. Must not know who decided it, or where.
 */
@Injectable()
export class ModerationEffects implements OnModuleInit {
  constructor(
    private readonly replication: SanctionReplication,
    private readonly slowMode: SlowMode,
    private readonly feed: MessageFeed,
    private readonly sessions: OpenSessions,
    private readonly streams: OpenStreams,
    private readonly errors: ErrorReplies,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    this.replication.onExpelled((expelled) => this.expel(expelled));
    if (this.slowMode.isOn) this.feed.subscribe((batch) => this.slowMode.delivered(batch));
  }

  private expel(expelled: Expelled): void {
    const { username, cause } = expelled;
    for (const session of this.sessions) {
      const isMeant = isOf(session.identity, expelled) || session.username === username || session.hasName(username);
      if (isMeant && session.connection.isOpen) this.close(session, cause);
    }
    for (const stream of this.streams) {
      if (!isOf(stream.identity, expelled)) continue;
      this.metrics.closed.inc({ cause: CAUSES[cause] });
      // Bytes still unsent by then are discarded.
      const cancel = this.clock.after(STREAM_MS, () => stream.cutOff());
      void stream.end().then(cancel);
    }
  }

  /** Ignores further frames of the client, and leaves it a second to read what is unsent. */
  private close(session: Session, cause: Expelled['cause']): void {
    if (cause === 'disconnect') {
      this.errors.expel(session, DISCONNECTED);
      return;
    }
    session.send(session.protocol.error(new AppError('banned'), session.language, this.clock.now()));
    this.errors.expel(session, CONNECTION_ENDS.banned);
  }
}

const DISCONNECTED = { code: CLOSE.restart, text: 'disconnected by a moderator', cause: 'disconnected' } as const;
const CAUSES = { ban: 'banned', disconnect: 'disconnected' } as const satisfies Record<Expelled['cause'], string>;

function isOf(identity: Identity, { username, authorId }: Expelled): boolean {
  return identity.username === username || (authorId !== undefined && identity.authorId === authorId);
}
