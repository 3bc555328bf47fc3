import { Injectable, Logger, OnApplicationBootstrap, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { Clock } from '../../platform/lifecycle/clock';
import { SampledLog } from '../../platform/logging/sampled-log';
import { Settings } from '../../settings/settings';
import { HttpAnswers } from '../../limits/http-answers';
import { Metrics } from '../../platform/metrics/metrics';
import { OpenSessions } from '../sessions/open-sessions';
import { EventStreamsService } from '../sse/event-streams.service';
import { SlowReaderLimit } from '../delivery/slow-reader-limit';

const LOOK_INTERVAL_MS = 250;
/** The share of the bound beyond which readers are caught up from the log sooner, and the one to which backlogs are cut. */
const TIGHT_SHARE = 0.5;
const CUT_SHARE = 0.75;

interface Reader {
  readonly unsent: number;
  /** Bytes that are kept of a message that is incomplete. */
  readonly unfinished?: number;
  cutOff(): void;
}

/**
 * The one owner of the memory that clients can make the server hold: what waits for readers, and what is kept of messages that
 * are incomplete. When it becomes too much, the largest backlogs go first. It must not know what is in them.
 */
@Injectable()
export class UnsentBytes implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private readonly log: SampledLog;
  private readonly bound: number;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    settings: Settings,
    clock: Clock,
    private readonly sessions: OpenSessions,
    private readonly streams: EventStreamsService,
    private readonly answers: HttpAnswers,
    private readonly slow: SlowReaderLimit,
    private readonly metrics: Metrics,
  ) {
    this.log = new SampledLog(new Logger('Chat'), clock);
    this.bound = settings.MAX_UNSENT_MIB * 1_048_576;
  }

  onModuleInit(): void {
    this.metrics.gauge('chat_unsent_bytes', 'Bytes that wait for readers, or for the rest of a message', () =>
      this.sum(),
    );
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.look(), LOOK_INTERVAL_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const sum = this.sum();
    this.slow.isTight = sum > this.bound * TIGHT_SHARE;
    if (sum > this.bound) this.cut(sum);
  }

  private cut(sum: number): void {
    let left = sum;
    let count = 0;
    for (const { reader, bytes } of this.largestFirst()) {
      if (left <= this.bound * CUT_SHARE || bytes === 0) break;
      reader.cutOff();
      left -= bytes;
      count++;
    }
    this.metrics.closed.inc({ cause: 'unsent' }, count);
    this.log.warn(`${Math.round(sum / 1_048_576)} MiB waited for readers: the ${count} largest backlogs are cut off`);
  }

  private largestFirst(): { reader: Reader; bytes: number }[] {
    const held = [...this.readers()].map((reader) => ({ reader, bytes: bytesOf(reader) }));
    return held.sort((a, b) => b.bytes - a.bytes);
  }

  private sum(): number {
    let sum = 0;
    for (const reader of this.readers()) sum += bytesOf(reader);
    return sum;
  }

  private *readers(): Generator<Reader> {
    for (const { connection } of this.sessions) yield connection;
    yield* this.streams;
    yield* this.answers;
  }
}

function bytesOf({ unsent, unfinished = 0 }: Reader): number {
  return unsent + unfinished;
}
