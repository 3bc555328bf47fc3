import { In, type Repository } from 'typeorm';
import { isLookalike, skeletonOf } from '../platform/text/skeleton';
import { MAX_STORED_SKELETON, type OwnedName } from '../storage/entities/author.entity';

/** Maximum names of one skeleton that a new name is compared with. Beyond it, further names of that skeleton are refused. */
const MAX_COMPARED = 1_000;

/** The owned names that share a skeleton with given names. */
export class NamesAlike {
  private readonly bySkeleton = new Map<string, OwnedName[]>();

  private constructor(
    names: readonly OwnedName[],
    private readonly areUsedUp: boolean,
  ) {
    for (const name of names) this.add(name);
  }

  /** Rejects if too many were found to tell which of several skeletons is exhausted: retry with one name at a time. */
  static async find(names: Repository<OwnedName>, usernames: readonly string[]): Promise<NamesAlike> {
    const skeletons = [...new Set(usernames.map(storedSkeleton))];
    const found = await names.find({ where: { skeleton: In(skeletons) }, take: MAX_COMPARED });
    const areUsedUp = found.length === MAX_COMPARED;
    if (areUsedUp && skeletons.length > 1) throw new Error('too many names look alike');
    return new NamesAlike(found, areUsedUp);
  }

  add(name: OwnedName): void {
    const alike = this.bySkeleton.get(name.skeleton);
    if (alike) alike.push(name);
    else this.bySkeleton.set(name.skeleton, [name]);
  }

  /** Whether a name looks like one that another author owns. */
  hasLookalike(username: string, authorId?: number): boolean {
    if (this.areUsedUp) return true;
    const alike = this.bySkeleton.get(storedSkeleton(username)) ?? [];
    return alike.some((other) => other.authorId !== authorId && isLookalike(username, other.username));
  }
}

/** Prefix of a name's skeleton, as stored with the name. */
export function storedSkeleton(username: string): string {
  return [...skeletonOf(username)].slice(0, MAX_STORED_SKELETON).join('');
}
