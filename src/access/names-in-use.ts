import { Injectable } from '@nestjs/common';
import { AppError } from '../platform/errors/app-error';
import { scriptsOf, skeletonOf } from '../platform/text/skeleton';
import { bareName, type Identity } from './identity';

/** Names with the same skeleton and the same scripts. */
interface Look {
  readonly scripts: ReadonlySet<number>;
  names: number;
}

/**
 * The names of all present users, indexed by their looks. Presence maintains it, and new names are checked against it. The cost
 * of a check does not depend on the number of names. Must not know who is present where.
 */
@Injectable()
export class NamesInUse {
  private readonly names = new Set<string>();
  private readonly looks = new Map<string, Look[]>();

  constructor() {
    // Warm-up: the first skeleton loads the table, which takes ten milliseconds.
    skeletonOf('');
  }

  add(name: string): void {
    if (this.names.has(name)) return;
    this.names.add(name);
    const skeleton = skeletonOf(name);
    const scripts = scriptsOf(name);
    const looks = this.looks.get(skeleton);
    const same = looks?.find((look) => isSame(look.scripts, scripts));
    if (same) same.names++;
    else if (looks) looks.push({ scripts, names: 1 });
    else this.looks.set(skeleton, [{ scripts, names: 1 }]);
  }

  remove(name: string): void {
    if (!this.names.delete(name)) return;
    const skeleton = skeletonOf(name);
    const scripts = scriptsOf(name);
    const looks = this.looks.get(skeleton)!;
    const index = looks.findIndex((look) => isSame(look.scripts, scripts));
    if (--looks[index]!.names === 0) looks.splice(index, 1);
    if (looks.length === 0) this.looks.delete(skeleton);
  }

  /**
   * Checks a name before its first use. Authors own their names, which are not checked.
   * @throws AppError `name_lookalike` where it borrows letters of another script or shape to look like a name in use
   */
  require({ kind }: Identity, name: string): void {
    if (kind === 'author') return;
    const bare = kind === 'guest' ? bareName(name) : name;
    if (this.borrowsLook(name) || (bare !== name && this.borrowsLook(bare))) throw new AppError('name_lookalike');
  }

  private borrowsLook(name: string): boolean {
    const looks = this.names.has(name) ? undefined : this.looks.get(skeletonOf(name));
    if (!looks) return false;
    const scripts = scriptsOf(name);
    return looks.some((look) => isBorrowed(scripts, look.scripts));
  }
}

/**
 * Whether a name in `scripts` imitates one of the same skeleton in `others`. Asymmetric: a mixture of scripts that came first
 * must not block the name it imitates.
 */
function isBorrowed(scripts: ReadonlySet<number>, others: ReadonlySet<number>): boolean {
  if (scripts.size === 1) return others.size === 1 && !isSame(scripts, others);
  return scripts.size > 1;
}

function isSame(scripts: ReadonlySet<number>, others: ReadonlySet<number>): boolean {
  return scripts.size === others.size && [...scripts].every((script) => others.has(script));
}
