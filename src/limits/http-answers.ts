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

const LOOK_INTERVAL_MS = 1_000;

/**
 * All HTTP answers under way: owns their backlogs and ends those that are not read in time. Must not know their contents. Event
 * streams are not among them: the feed looks after its own readers.
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
    this.timer = setInterval(() => this.look(), LOOK_INTERVAL_MS);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  use(_request: IncomingMessage, response: ServerResponse, next: () => void): void {
    this.open.set(response, new HttpAnswer(response));
    response.once('close', () => this.open.delete(response));
    next();
  }

  /** Releases an answer that becomes an event stream. */
  handOver(response: ServerResponse): void {
    this.open.delete(response);
  }

  /** Their backlogs count towards `MAX_UNSENT_MIB`, as those of readers do. */
  [Symbol.iterator](): IterableIterator<HttpAnswer> {
    return this.open.values();
  }

  private look(): void {
    for (const answer of this.deadlines.late(this.open.values(), this.clock.monotonic())) {
      this.log.warn(`an HTTP answer was not taken within ${this.settings.STALLED_READER_SECONDS} s and is cut off`);
      this.metrics.closed.inc({ cause: 'stalled' });
      answer.cutOff();
    }
  }
}
