import { Injectable, Logger, OnApplicationBootstrap, OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { type CancelTimer, Clock } from '../../platform/lifecycle/clock';
import { SampledLog } from '../../platform/logging/sampled-log';
import { Settings } from '../../settings/settings';
import { HttpAnswers } from '../../limits/http-answers';
import { Metrics } from '../../platform/metrics/metrics';
import { OpenSessions } from '../sessions/open-sessions';
import { OpenStreams } from '../sse/open-streams';
import { SlowReaderLimit } from '../delivery/slow-reader-limit';

const CHECK_INTERVAL_MS = 250;
/** Shares of MAX_UNSENT_MIB: the slow-reader limit drops beyond TIGHT_SHARE; backlogs are cut down to CUT_SHARE. */
const TIGHT_SHARE = 0.5;
const CUT_SHARE = 0.75;

interface Reader {
  readonly unsent: number;
  /** Bytes buffered of an incomplete message. */
  readonly unfinished?: number;
  cutOff(): void;
}

/**
 * Bounds the memory that clients can make the server hold: unsent bytes, and bytes of incomplete messages. Beyond MAX_UNSENT_MIB
 * the largest backlogs are cut off first. Must not know what the bytes are.
 */
@Injectable()
export class UnsentBytes implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  private readonly log: SampledLog;
  private readonly bound: number;
  private cancel: CancelTimer | undefined;

  constructor(
    settings: Settings,
    private readonly clock: Clock,
    private readonly sessions: OpenSessions,
    private readonly streams: OpenStreams,
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
    this.cancel = this.clock.every(CHECK_INTERVAL_MS, () => this.check());
  }

  onModuleDestroy(): void {
    this.cancel?.();
  }

  private check(): void {
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
    // Without the generator `readers()`: this runs four times a second over all connections.
    for (const { connection } of this.sessions) sum += bytesOf(connection);
    for (const stream of this.streams) sum += bytesOf(stream);
    for (const answer of this.answers) sum += bytesOf(answer);
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
