import { Injectable } from '@nestjs/common';
import { InjectDataSource, InjectRepository } from '@nestjs/typeorm';
import type { DataSource, Repository } from 'typeorm';
import { AppError } from '../platform/errors/app-error';
import { Clock } from '../platform/lifecycle/clock';
import { isLookalike } from '../platform/text/skeleton';
import { Author, OwnedName } from '../storage/entities/author.entity';
import { Storage, WRITABLE } from '../storage/storage';
import { type Claimant, findAuthors, registerAuthors } from './author-rows';
import { Batches } from './batches';
import { NamesAlike } from './names-alike';

/** Longest issuer and subject, in UTF-16 units: the columns count code points, which are fewer. */
const MAX_ISSUER_LENGTH = 512;
const MAX_SUBJECT_LENGTH = 255;
/** NUL and lone surrogates, which no database stores. */
const NOT_STORED = /[\0\p{Cs}]/u;

/** Tokens of a provider are verified on other threads and finish one by one: without an interval, few would share a batch. */
const LOOKUPS = { size: 100, intervalMs: 5 };
/** Each batch is one commit, which blocks the event loop on SQLite: both the number and the size of commits are bounded. */
const REGISTRATIONS = { size: 50, intervalMs: 20 };

/**
 * Names that users take for the server's or its operators'. A provider vouches for users with exactly these names; look-alikes
 * are refused.
 */
const RESERVED = ['Admin', 'Administrator', 'Moderator', 'Mod', 'System', 'Server', 'Support', 'Root', 'Chat'].flatMap(
  // Letters that look alike in one case may not in the other.
  (name) => [name, name.toLowerCase(), name.toUpperCase()],
);

/**
 * Authors, and the ownership of names. Owns the rows of both: the first subject to use a name owns it permanently, and with it
 * all names that look the same in other scripts. Several replicas may insert at once: the first insert wins, and the others read
 * its result. Concurrent requests share queries and a commit. The backlog is bounded by the connections and requests that wait
 * for it.
 */
@Injectable()
export class Authors {
  private readonly lookups;
  private readonly registrations;

  constructor(
    @InjectRepository(Author) authors: Repository<Author>,
    @InjectRepository(OwnedName) private readonly names: Repository<OwnedName>,
    @InjectDataSource(WRITABLE) writable: DataSource,
    private readonly storage: Storage,
    clock: Clock,
  ) {
    const find = async (claimants: readonly Claimant[]) =>
      (await findAuthors(authors, names, claimants)).map((result) => ({ result }));
    const register = (claimants: readonly Claimant[]) =>
      writable.transaction((manager) => registerAuthors(manager, claimants, clock.now()));
    this.lookups = new Batches((claimants: readonly Claimant[]) => this.reportOutage(find(claimants)), LOOKUPS, clock);
    this.registrations = new Batches(
      (claimants: readonly Claimant[]) => this.reportOutage(register(claimants)),
      REGISTRATIONS,
      clock,
    );
  }

  /**
   * The author's id. Registers author and name if they are new.
   * @throws AppError `token_invalid` for a subject that cannot be stored, `name_owned`, `name_lookalike`, `names_used_up`,
   * `database_down`
   */
  async identify(issuer: string, subject: string, username: string): Promise<number> {
    if (!isStorable(issuer, MAX_ISSUER_LENGTH) || !isStorable(subject, MAX_SUBJECT_LENGTH)) {
      throw new AppError('token_invalid');
    }
    const claimant = { issuer, subject, username };
    const { authorId, ownerId } = await this.lookups.add(claimant);
    if (ownerId === undefined && looksReserved(username)) throw new AppError('name_lookalike');
    // An owner without an author may mean that another replica has just stored both.
    if (authorId === undefined || ownerId === undefined) return this.registrations.add(claimant);
    if (ownerId !== authorId) throw new AppError('name_owned');
    return authorId;
  }

  /** For a name that will not be owned. @throws AppError `name_lookalike` if it looks like an owned one, `database_down` */
  async requireDistinct(username: string): Promise<void> {
    const alike = await this.reportOutage(NamesAlike.find(this.names, [username]));
    if (alike.hasLookalike(username)) throw new AppError('name_lookalike');
  }

  private async reportOutage<Result>(work: Promise<Result>): Promise<Result> {
    try {
      return await work;
    } catch (error) {
      throw this.storage.isOutage(error) ? new AppError('database_down') : error;
    }
  }
}

function looksReserved(username: string): boolean {
  const spellings = [username, username.toLowerCase()];
  return RESERVED.some((reserved) => spellings.some((spelling) => isLookalike(spelling, reserved)));
}

function isStorable(text: string, maxLength: number): boolean {
  return text !== '' && text.length <= maxLength && !NOT_STORED.test(text);
}
