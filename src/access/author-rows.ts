import { type EntityManager, In, type Repository } from 'typeorm';
import { AppError } from '../platform/errors/app-error';
import { Author, OwnedName } from '../storage/entities/author.entity';
import { ChatEpoch } from '../storage/entities/change.entity';
import type { Outcome } from './batches';
import { NamesAlike, storedSkeleton } from './names-alike';

/** A subject, and the name it claims. */
export interface Claimant {
  readonly issuer: string;
  readonly subject: string;
  readonly username: string;
}

/** Ids of authors, by `keyOf`. */
type AuthorIds = ReadonlyMap<string, number>;

/** Maximum names per author, former ones included: each is lost to all others, and users may rename themselves at will. */
const MAX_NAMES = 20;

/** Unambiguous: neither issuers nor subjects contain NUL. */
function keyOf({ issuer, subject }: Pick<Claimant, 'issuer' | 'subject'>): string {
  return `${issuer}\0${subject}`;
}

/** For each claimant, the ids of its author and of the name's owner, where they exist. */
export async function findAuthors(
  authors: Repository<Author>,
  names: Repository<OwnedName>,
  claimants: readonly Claimant[],
): Promise<{ authorId: number | undefined; ownerId: number | undefined }[]> {
  const ids = await idsOf(authors, claimants);
  const owners = await ownersOf(names, claimants);
  return claimants.map((one) => ({ authorId: ids.get(keyOf(one)), ownerId: owners.get(one.username) }));
}

/**
 * Inserts missing authors and names, in the caller's transaction. The outcomes are the authors' ids, or `name_owned`,
 * `name_lookalike` or `names_used_up`; if two claim one name, the first gets it.
 */
export async function registerAuthors(
  manager: EntityManager,
  claimants: readonly Claimant[],
  now: number,
): Promise<Outcome<number>[]> {
  // A no-op that locks the single row: it serialises new names over all replicas, as no index can compare looks. Comes first, so
  // that two transactions cannot deadlock over each other's authors.
  await manager
    .createQueryBuilder()
    .update(ChatEpoch)
    .set({ epoch: () => 'epoch' })
    .execute();
  const ids = await authorsFor(manager, claimants, now);
  const names = manager.getRepository(OwnedName);
  const owners = await ownersOf(names, claimants);
  const alike = await NamesAlike.find(
    names,
    claimants.map(({ username }) => username),
  );
  const counts = await countsOf(names, [...ids.values()]);
  const added: OwnedName[] = [];
  const outcomes = claimants.map((one): Outcome<number> => {
    const { username } = one;
    const authorId = ids.get(keyOf(one))!;
    const ownerId = owners.get(username);
    if (ownerId === authorId) return { result: authorId };
    if (ownerId !== undefined) return { error: new AppError('name_owned') };
    if (alike.hasLookalike(username, authorId)) return { error: new AppError('name_lookalike') };
    const count = counts.get(authorId) ?? 0;
    if (count >= MAX_NAMES) return { error: new AppError('names_used_up', { max: MAX_NAMES }) };
    counts.set(authorId, count + 1);
    const name = { username, authorId, skeleton: storedSkeleton(username) };
    owners.set(username, authorId);
    alike.add(name);
    added.push(name);
    return { result: authorId };
  });
  if (added.length > 0) await names.insert(added);
  return outcomes;
}

async function authorsFor(manager: EntityManager, claimants: readonly Claimant[], now: number): Promise<AuthorIds> {
  const authors = manager.getRepository(Author);
  const known = await idsOf(authors, claimants);
  const missing = new Map<string, Omit<Author, 'id'>>();
  for (const { issuer, subject } of claimants) {
    const key = keyOf({ issuer, subject });
    if (!known.has(key)) missing.set(key, { issuer, subject, createdAt: now });
  }
  if (missing.size === 0) return known;
  // A replica of an earlier release inserts authors without the lock.
  const values = [...missing.values()];
  await authors.createQueryBuilder().insert().values(values).orIgnore().updateEntity(false).execute();
  return idsOf(authors, claimants);
}

async function idsOf(authors: Repository<Author>, claimants: readonly Claimant[]): Promise<AuthorIds> {
  const issuers = [...new Set(claimants.map(({ issuer }) => issuer))];
  const subjectsOf = (of: string) => claimants.filter(({ issuer }) => issuer === of).map(({ subject }) => subject);
  const found = await authors.findBy(issuers.map((issuer) => ({ issuer, subject: In(subjectsOf(issuer)) })));
  return new Map(found.map((author) => [keyOf(author), author.id]));
}

async function ownersOf(
  names: Repository<OwnedName>,
  claimants: readonly Pick<Claimant, 'username'>[],
): Promise<Map<string, number>> {
  const found = await names.findBy({ username: In(claimants.map(({ username }) => username)) });
  return new Map(found.map(({ username, authorId }) => [username, authorId]));
}

/** Number of names per author; authors without names are left out. */
async function countsOf(names: Repository<OwnedName>, authorIds: readonly number[]): Promise<Map<number, number>> {
  const rows = await names
    .createQueryBuilder('name')
    .select('name.authorId', 'authorId')
    .addSelect('COUNT(*)', 'count')
    .where({ authorId: In([...authorIds]) })
    .groupBy('name.authorId')
    .getRawMany<{ authorId: number; count: number }>();
  return new Map(rows.map(({ authorId, count }) => [authorId, count]));
}
