import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { AppError } from '../platform/errors/app-error';
import { Clock } from '../platform/lifecycle/clock';
import { Author, OwnedName } from '../storage/entities/author.entity';
import { Storage, WRITABLE } from '../storage/storage';

/** Longest issuer and subject, in UTF-16 units: the columns count code points, which are fewer. */
const MAX_ISSUER_LENGTH = 512;
const MAX_SUBJECT_LENGTH = 255;
/** NUL and lone surrogates, which no database stores. */
const NOT_STORED = /[\0\p{Cs}]/u;

/**
 * Who has an identity, and whose a name is. Owns the rows of both; the first subject to use a name has it for ever. Several
 * replicas may insert at once: the unique indexes decide, and the loser reads what won.
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
   * @throws AppError `token_invalid` for a subject that cannot be stored, `name_owned`, `database_down`
   */
  async identify(issuer: string, subject: string, username: string): Promise<number> {
    if (!isStorable(issuer, MAX_ISSUER_LENGTH) || !isStorable(subject, MAX_SUBJECT_LENGTH)) {
      throw new AppError('token_invalid');
    }
    try {
      const id = await this.idOf(issuer, subject);
      if ((await this.ownerOf(username, id)) !== id) throw new AppError('name_owned');
      return id;
    } catch (error) {
      throw this.storage.isOutage(error) ? new AppError('database_down') : error;
    }
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
    await this.writableNames
      .createQueryBuilder()
      .insert()
      .values({ username, authorId })
      .orIgnore()
      .updateEntity(false)
      .execute();
    return (await this.writableNames.findOneByOrFail({ username })).authorId;
  }
}

function isStorable(text: string, maxLength: number): boolean {
  return text !== '' && text.length <= maxLength && !NOT_STORED.test(text);
}
