import { BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../platform/lifecycle/clock';
import { Settings } from '../../settings/settings';
import { MessageLog } from '../../messages/log/message-log';
import { Metrics } from '../../platform/metrics/metrics';
import { OpenSessions } from '../sessions/open-sessions';
import type { Connection } from '../sessions/connection';
import type { Session } from '../sessions/session';
import type { EventStream } from '../sse/event-stream';
import { OpenStreams } from '../sse/open-streams';
import { Hub } from '../delivery/hub';
import { PROTOCOL_V2 } from '../protocol/protocol-v2';
import { serialize } from '../protocol/serializer';

/** Share of SHUTDOWN_GRACE_SECONDS for readers to catch up; the rest is for closing the server. */
const READERS_SHARE = 0.8;
/** Time for a reader that has received everything to close its side, in milliseconds. */
const CLOSE_TIMEOUT_MS = 2_000;
/** Reconnect jitter, in milliseconds: 5 ms per client, clamped to 0.5–30 s. */
const JITTER_PER_CLIENT_MS = 5;
const MIN_JITTER_MS = 500;
const MAX_JITTER_MS = 30_000;

/**
 * Ends all connections: commits and delivers every accepted message, then closes each socket with 1012 as soon as its reader has
 * caught up, independently of the others. Readers that have not caught up within their share of the grace are cut off.
 */
@Injectable()
export class GracefulShutdown implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Chat');

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly log: MessageLog,
    private readonly hub: Hub,
    private readonly sessions: OpenSessions,
    private readonly streams: OpenStreams,
    private readonly metrics: Metrics,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    const graceMs = this.settings.SHUTDOWN_GRACE_SECONDS * 1000;
    const cancelCutOff = this.clock.after(graceMs * READERS_SHARE, () => this.cutOff());
    await this.log.flushed();
    await this.hub.caughtUp();
    const jitter = Math.min(MAX_JITTER_MS, Math.max(MIN_JITTER_MS, this.sessions.size * JITTER_PER_CLIENT_MS));
    const ready = new Map([...this.hub].map((subscription) => [subscription.sink, subscription.ready]));
    const endSession = async (session: Session) => {
      await ready.get(session.connection);
      if (session.protocol === PROTOCOL_V2) {
        const delay = MIN_JITTER_MS + Math.round(Math.random() * jitter);
        session.send(serialize({ type: 'going_away', reconnect_after_ms: delay }));
      }
      await this.end(session.connection);
    };
    const endStream = async (stream: EventStream) => {
      await ready.get(stream);
      await this.end(stream);
    };
    await Promise.all([...[...this.sessions].map(endSession), ...[...this.streams].map(endStream)]);
    cancelCutOff();
  }

  /** A reader that has received everything but does not close its side is cut off early: its peer may have vanished. */
  private async end(reader: Connection | EventStream): Promise<void> {
    const cancel = this.clock.every(CLOSE_TIMEOUT_MS, () => {
      if (reader.unsent === 0) reader.cutOff();
    });
    await reader.end();
    cancel();
  }

  private cutOff(): void {
    const readers = [...Array.from(this.sessions, ({ connection }) => connection), ...this.streams];
    this.logger.warn(`cut off ${readers.length} connections that had not caught up in time`);
    this.metrics.closed.inc({ cause: 'shutdown' }, readers.length);
    for (const reader of readers) reader.cutOff();
  }
}
