import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  Injectable,
  Logger,
  type NestMiddleware,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Clock } from '../platform/lifecycle/clock';
import { SampledLog } from '../platform/logging/sampled-log';
import { Settings } from '../settings/settings';
import { Metrics } from '../platform/metrics/metrics';
import { BacklogDeadlines } from './backlog-deadlines';
import { HttpAnswer } from './http-answer';

const CHECK_INTERVAL_MS = 1_000;

/**
 * HTTP answers in progress. Owns their backlogs, and closes connections that do not read theirs in time. Must not know their
 * contents. Event streams are excluded: the readers of the feed have deadlines of their own.
 */
@Injectable()
export class HttpAnswers implements NestMiddleware, OnApplicationBootstrap, OnModuleDestroy {
  private readonly log: SampledLog;
  private readonly open = new Map<ServerResponse, HttpAnswer>();
  private readonly deadlines: BacklogDeadlines<HttpAnswer>;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly settings: Settings,
    private readonly clock: Clock,
    private readonly metrics: Metrics,
  ) {
    this.log = new SampledLog(new Logger('Http'), clock);
    this.deadlines = new BacklogDeadlines(settings.STALLED_READER_SECONDS * 1000);
  }

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.check(), CHECK_INTERVAL_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  use(_request: IncomingMessage, response: ServerResponse, next: () => void): void {
    this.open.set(response, new HttpAnswer(response));
    response.once('close', () => this.open.delete(response));
    next();
  }

  /** Stops tracking an answer that becomes an event stream. */
  handOver(response: ServerResponse): void {
    this.open.delete(response);
  }

  /** For `MAX_UNSENT_MIB`, which counts these backlogs as it does those of readers. */
  [Symbol.iterator](): IterableIterator<HttpAnswer> {
    return this.open.values();
  }

  private check(): void {
    for (const answer of this.deadlines.late(this.open.values(), this.clock.monotonic())) {
      this.log.warn(
        `an HTTP answer was not read within ${this.settings.STALLED_READER_SECONDS} s; its connection is closed`,
      );
      this.metrics.closed.inc({ cause: 'stalled' });
      answer.cutOff();
    }
  }
}
