import { setImmediate } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import type { Identity } from '../access/identity';
import { MessageReader } from '../messages/message-reader';
import { MessageLog } from '../messages/log/message-log';
import { AppError } from '../platform/errors/app-error';
import { Clock } from '../platform/lifecycle/clock';
import { Drain } from '../platform/lifecycle/drain';
import { SampledLog } from '../platform/logging/sampled-log';
import { ORIGIN, type Position } from '../storage/position';
import { ModerationService } from './moderation.service';
import { moderatorName } from '../access/moderator-name';

/** Messages per step, and pause between steps in milliseconds: at most 1,000 tombstones a second, each of which is broadcast. */
const STEP = 50;
const PAUSE_MS = 50;
/** Time a request waits for completion before it answers with the progress, in milliseconds. */
const ANSWER_MS = 2_000;

/** Progress of the erasure of one user's messages. */
export interface ErasureProgress {
  readonly username: string;
  readonly complete: boolean;
  /** Tombstones written since the erasure began. */
  readonly erased: number;
}

interface Job {
  readonly username: string;
  readonly upTo: Position;
  readonly by: Identity;
  erased: number;
  /** Resolves when the job has ended, successfully or not; never rejects. */
  done: Promise<void>;
  isComplete: boolean;
  error: Error | undefined;
}

/**
 * Replaces all messages of one user with tombstones, in small steps through the log, so that the chat stays responsive. One
 * erasure at a time per replica, kept in memory: after a restart, the repeated request changes only messages that still have a
 * text.
 */
@Injectable()
export class Erasure {
  private readonly failures: SampledLog;
  private job: Job | undefined;

  constructor(
    private readonly reader: MessageReader,
    private readonly log: MessageLog,
    private readonly moderation: ModerationService,
    private readonly clock: Clock,
    private readonly drain: Drain,
  ) {
    this.failures = new SampledLog(new Logger('Moderation'), clock);
  }

  /**
   * Starts an erasure, or joins the one in progress, and waits up to ANSWER_MS for its end.
   * @param upTo the last message to erase: the erasure ends even if the user keeps writing
   * @throws AppError `erasure_busy` while an erasure of another user is in progress; the error that ended this one early
   */
  async erase(username: string, upTo: Position, by: Identity): Promise<ErasureProgress> {
    if (this.job && this.job.username !== username) throw new AppError('erasure_busy', {}, ANSWER_MS);
    const job = (this.job ??= this.begin(username, upTo, by));
    await Promise.race([job.done, this.clock.delay(ANSWER_MS)]);
    if (job.error !== undefined) throw job.error;
    return { username, complete: job.isComplete, erased: job.erased };
  }

  private begin(username: string, upTo: Position, by: Identity): Job {
    const job: Job = { username, upTo, by, erased: 0, done: Promise.resolve(), isComplete: false, error: undefined };
    job.done = this.run(job)
      .then(() => void (job.isComplete = true))
      .catch((error: unknown) => {
        job.error = error as Error;
        this.failures.warn(`an erasure ended early and has to be requested again: ${String(error)}`);
      })
      .finally(() => (this.job = undefined));
    return job;
  }

  private async run(job: Job): Promise<void> {
    let isLogged = false;
    for (let after = ORIGIN; after < job.upTo;) {
      const { rows, isCut } = await this.reader.followingOf(job.username, after, STEP, 'full');
      const ids = rows.filter(({ id, deletedAt }) => deletedAt == null && id <= job.upTo).map(({ id }) => id);
      if (ids.length > 0) {
        if (!isLogged) await this.moderation.record('erase', job.username, job.by);
        isLogged = true;
        const outcomes = await Promise.all(ids.map((id) => this.makeTombstone(id, job.by)));
        job.erased += outcomes.filter(Boolean).length;
        await this.clock.delay(PAUSE_MS);
      } else {
        // Reads on SQLite are synchronous: without this yield, a scan without matches would block the event loop.
        await setImmediate();
      }
      if (rows.length < STEP && !isCut) return;
      after = rows.at(-1)!.id;
      if (this.drain.active) throw new AppError('draining');
    }
  }

  /** @returns whether the message still had a text */
  private makeTombstone(messageId: number, by: Identity): Promise<boolean> {
    const rights = { by: moderatorName(by), isModerator: true, isUnlogged: true, changeableSince: 0 } as const;
    return new Promise((resolve, reject) => {
      this.log.change(
        { messageId, at: 0, ...rights },
        {
          onChanged: (_request, _receipt, message) => resolve(message !== undefined),
          onDelivered: () => undefined,
          onChangeRejected: (_request, error) => reject(error),
        },
      );
    });
  }
}
