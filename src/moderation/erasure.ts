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

/** Messages per step, and the pause between steps, in milliseconds: at most 1,000 a second, which readers are told of one by one. */
const STEP = 50;
const PAUSE_MS = 50;
/** How long a request waits for the end, in milliseconds, before it answers with the progress. */
const ANSWER_MS = 2_000;

/** How far the erasure of one user's messages is. */
export interface ErasureProgress {
  readonly username: string;
  readonly complete: boolean;
  /** Tombstones made since it was begun. */
  readonly erased: number;
}

interface Job {
  readonly username: string;
  readonly upTo: Position;
  readonly by: Identity;
  erased: number;
  /** Settles at its end; never rejects. */
  done: Promise<void>;
  isComplete: boolean;
  error: Error | undefined;
}

/**
 * Erasure of all texts of one user, in small steps through the log, so that the chat goes on. One at a time on each replica. It
 * is kept in memory: after a restart the same request goes on where it was, as only what still has a text is changed.
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
   * Begins, or joins the one under way, and waits a moment for its end.
   * @param upTo the last message to erase, so that it ends while the user goes on writing
   * @throws AppError `erasure_busy` while another user's is under way; whatever ended it early
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
        // On SQLite reads are synchronous: without it all of them were one turn of the event loop.
        await setImmediate();
      }
      if (rows.length < STEP && !isCut) return;
      after = rows.at(-1)!.id;
      if (this.drain.active) throw new AppError('draining');
    }
  }

  /** @returns whether it had a text before */
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
