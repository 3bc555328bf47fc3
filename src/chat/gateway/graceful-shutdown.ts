import { BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Settings } from '../../settings/settings';
import { MessageLog } from '../../messages/log/message-log';
import { Metrics } from '../../platform/metrics/metrics';
import { OpenSessions } from '../sessions/open-sessions';
import type { Connection } from '../sessions/connection';
import type { Session } from '../sessions/session';
import type { EventStream } from '../sse/event-stream';
import { EventStreamsService } from '../sse/event-streams.service';
import { Hub } from '../delivery/hub';
import { PROTOCOL_V2 } from '../protocol/protocol-v2';
import { serialize } from '../protocol/serializer';

/** The share of the grace that readers get to take what is theirs; the rest is for closing the server. */
const READERS_SHARE = 0.8;
/** How long a reader that has taken everything may take to close its side, in milliseconds. */
const ANSWER_PATIENCE_MS = 2_000;
/** Clients come back spread over this time: so much for each of them, within these bounds, in milliseconds. */
const SPREAD_PER_CLIENT = 5;
const MIN_SPREAD = 500;
const MAX_SPREAD = 30_000;

/**
 * The end of all connections: everything accepted is committed and delivered, then each socket is closed with 1012, as
 * soon as its reader has caught up. Nobody waits for another reader; who takes nothing is cut off at the end.
 */
@Injectable()
export class GracefulShutdown implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Chat');

  constructor(
    private readonly settings: Settings,
    private readonly log: MessageLog,
    private readonly hub: Hub,
    private readonly sessions: OpenSessions,
    private readonly streams: EventStreamsService,
    private readonly metrics: Metrics,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    const late = setTimeout(() => this.cutOff(), this.settings.SHUTDOWN_GRACE_SECONDS * 1000 * READERS_SHARE);
    await this.log.flushed();
    await this.hub.caughtUp();
    const spread = Math.min(MAX_SPREAD, Math.max(MIN_SPREAD, this.sessions.size * SPREAD_PER_CLIENT));
    const ready = new Map([...this.hub].map((subscription) => [subscription.sink, subscription.ready]));
    const sendAway = async (session: Session) => {
      await ready.get(session.connection);
      if (session.protocol === PROTOCOL_V2) {
        const delay = MIN_SPREAD + Math.round(Math.random() * spread);
        session.send(serialize({ type: 'going_away', reconnect_after_ms: delay }));
      }
      await this.end(session.connection);
    };
    const endStream = async (stream: EventStream) => {
      await ready.get(stream);
      await this.end(stream);
    };
    await Promise.all([...[...this.sessions].map(sendAway), ...[...this.streams].map(endStream)]);
    clearTimeout(late);
  }

  /** A reader that has everything but does not answer is not waited for to the end: its machine may be gone. */
  private async end(reader: Connection | EventStream): Promise<void> {
    const patience = setInterval(() => {
      if (reader.unsent === 0) reader.cutOff();
    }, ANSWER_PATIENCE_MS);
    await reader.end();
    clearInterval(patience);
  }

  private cutOff(): void {
    const readers = [...Array.from(this.sessions, ({ connection }) => connection), ...this.streams];
    this.logger.warn(`${readers.length} connections did not take what was theirs in time and are cut off`);
    this.metrics.closed.inc({ cause: 'shutdown' }, readers.length);
    for (const reader of readers) reader.cutOff();
  }
}
