import { In, type Repository } from 'typeorm';
import { isLookalike, skeletonOf } from '../platform/text/skeleton';
import { MAX_STORED_SKELETON, type OwnedName } from '../storage/entities/author.entity';

/** Names of one skeleton that a new one is compared with. Where there are more, names that look like them are used up. */
const MAX_COMPARED = 1_000;

/** The owned names that have the skeletons of some others. */
export class NamesAlike {
  private readonly bySkeleton = new Map<string, OwnedName[]>();

  private constructor(
    names: readonly OwnedName[],
    private readonly areUsedUp: boolean,
  ) {
    for (const name of names) this.add(name);
  }

  /** Rejects where there are too many to say which of several skeletons are used up: each is to be looked at by itself. */
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

  /** Whether a name looks like one that somebody else owns. */
  hasLookalike(username: string, authorId?: number): boolean {
    if (this.areUsedUp) return true;
    const alike = this.bySkeleton.get(storedSkeleton(username)) ?? [];
    return alike.some((other) => other.authorId !== authorId && isLookalike(username, other.username));
  }
}

/** The beginning of a name's skeleton, as names are stored with it. */
export function storedSkeleton(username: string): string {
  return [...skeletonOf(username)].slice(0, MAX_STORED_SKELETON).join('');
}
