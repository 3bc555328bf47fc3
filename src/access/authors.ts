import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Not, type Repository } from 'typeorm';
import { AppError } from '../platform/errors/app-error';
import { Clock } from '../platform/lifecycle/clock';
import { isLookalike, skeletonOf } from '../platform/text/skeleton';
import { Author, MAX_STORED_SKELETON, OwnedName } from '../storage/entities/author.entity';
import { ChatEpoch } from '../storage/entities/change.entity';
import { Storage, WRITABLE } from '../storage/storage';

/** Longest issuer and subject, in UTF-16 units: the columns count code points, which are fewer. */
const MAX_ISSUER_LENGTH = 512;
const MAX_SUBJECT_LENGTH = 255;
/** NUL and lone surrogates, which no database stores. */
const NOT_STORED = /[\0\p{Cs}]/u;
/** Names of one skeleton that a new one is compared with. Where there are more, names that look like them are used up. */
const MAX_COMPARED = 1_000;
/** Names per author, present and former: each is lost to everybody else, and its holder may change it at the provider at will. */
const MAX_NAMES = 20;

/**
 * Names that users expect to be the server's or its operators'. A provider vouches for those who have them, but look-alikes
 * are refused.
 */
const RESERVED = ['Admin', 'Administrator', 'Moderator', 'Mod', 'System', 'Server', 'Support', 'Root', 'Chat'].flatMap(
  // Letters that look alike in one case may not in the other.
  (name) => [name, name.toLowerCase(), name.toUpperCase()],
);

/**
 * Who has an identity, and whose a name is. Owns the rows of both; the first subject to use a name has it for ever, and
 * with it all names that look the same in other scripts. Several replicas may insert at once: the first decides, and the others
 * read what won.
 */
@Injectable()
export class Authors {
  constructor(
    @InjectRepository(Author) private readonly authors: Repository<Author>,
    @InjectRepository(Author, WRITABLE) private readonly writableAuthors: Repository<Author>,
    @InjectRepository(OwnedName) private readonly names: Repository<OwnedName>,
    @InjectRepository(OwnedName, WRITABLE) private readonly writableNames: Repository<OwnedName>,
    private readonly storage: Storage,
    private readonly clock: Clock,
  ) {}

  /**
   * The author's id, with the name made theirs.
   * @throws AppError `token_invalid` for a subject that cannot be stored, `name_owned`, `name_lookalike`, `names_used_up`,
   * `database_down`
   */
  async identify(issuer: string, subject: string, username: string): Promise<number> {
    if (!isStorable(issuer, MAX_ISSUER_LENGTH) || !isStorable(subject, MAX_SUBJECT_LENGTH)) {
      throw new AppError('token_invalid');
    }
    return this.reportOutage(async () => {
      const id = await this.idOf(issuer, subject);
      if ((await this.ownerOf(username, id)) !== id) throw new AppError('name_owned');
      return id;
    });
  }

  /** For a name that is not going to be owned. @throws AppError `name_lookalike` of an owned one, `database_down` */
  async requireDistinct(username: string): Promise<void> {
    const looksLikeOwned = await this.reportOutage(() => this.hasLookalike(this.names, username));
    if (looksLikeOwned) throw new AppError('name_lookalike');
  }

  private async idOf(issuer: string, subject: string): Promise<number> {
    const known = await this.authors.findOneBy({ issuer, subject });
    if (known) return known.id;
    const createdAt = this.clock.now();
    await this.writableAuthors
      .createQueryBuilder()
      .insert()
      .values({ issuer, subject, createdAt })
      .orIgnore()
      .updateEntity(false)
      .execute();
    return (await this.writableAuthors.findOneByOrFail({ issuer, subject })).id;
  }

  private async ownerOf(username: string, authorId: number): Promise<number> {
    const known = await this.names.findOneBy({ username });
    if (known) return known.authorId;
    if (looksReserved(username)) throw new AppError('name_lookalike');
    return this.writableNames.manager.transaction(async (manager) => {
      // Changes nothing, but locks the one row: new names take turns on all replicas, as no index can compare looks.
      await manager
        .createQueryBuilder()
        .update(ChatEpoch)
        .set({ epoch: () => 'epoch' })
        .execute();
      const names = manager.getRepository(OwnedName);
      const taken = await names.findOneBy({ username });
      if (taken) return taken.authorId;
      if (await this.hasLookalike(names, username, authorId)) throw new AppError('name_lookalike');
      if ((await names.countBy({ authorId })) >= MAX_NAMES) throw new AppError('names_used_up', { max: MAX_NAMES });
      await names.insert({ username, authorId, skeleton: storedSkeleton(username) });
      return authorId;
    });
  }

  /** Whether a name looks like one that somebody else owns. */
  private async hasLookalike(names: Repository<OwnedName>, username: string, authorId?: number): Promise<boolean> {
    const skeleton = storedSkeleton(username);
    const others = authorId === undefined ? {} : { authorId: Not(authorId) };
    const alike = await names.find({ where: { skeleton, ...others }, take: MAX_COMPARED });
    return alike.length === MAX_COMPARED || alike.some((other) => isLookalike(username, other.username));
  }

  private async reportOutage<Result>(work: () => Promise<Result>): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      throw this.storage.isOutage(error) ? new AppError('database_down') : error;
    }
  }
}

function looksReserved(username: string): boolean {
  const spellings = [username, username.toLowerCase()];
  return RESERVED.some((reserved) => spellings.some((spelling) => isLookalike(spelling, reserved)));
}

function storedSkeleton(username: string): string {
  return [...skeletonOf(username)].slice(0, MAX_STORED_SKELETON).join('');
}

function isStorable(text: string, maxLength: number): boolean {
  return text !== '' && text.length <= maxLength && !NOT_STORED.test(text);
}
