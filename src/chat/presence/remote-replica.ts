import { type Account, MAX_NAMES } from './presence-messages';
import type { Roster } from './roster';

/** What another replica told of itself, and its share in the roster. */
export class RemoteReplica {
  connections = 0;
  /** Own beats since it was last heard. */
  missedHeartbeats = 0;
  /** Whether it was asked for an account that has not come yet. */
  isAsked = false;
  /** The newest change that is known with all before it; none without an account. */
  private sequence = -1;
  private names = new Set<string>();
  private coming: { readonly sequence: number; nextPart: number; readonly names: Set<string> } | undefined;

  constructor(private readonly roster: Pick<Roster, 'add' | 'remove'>) {}

  /** Whether everything up to this change is known. */
  isAt(sequence: number): boolean {
    return this.sequence === sequence;
  }

  get isKnown(): boolean {
    return this.sequence >= 0;
  }

  /** Users came or left. False when changes before it were missed; then it is not taken. */
  change(sequence: number, users: readonly (readonly [string, boolean])[]): boolean {
    if (sequence <= this.sequence) return true;
    if (!this.isKnown || sequence !== this.sequence + 1) return false;
    this.sequence = sequence;
    const room = Math.max(0, MAX_NAMES - this.names.size);
    const come = users.filter(([name, isThere]) => isThere && !this.names.has(name)).slice(0, room);
    const gone = users.filter(([name, isThere]) => !isThere && this.names.has(name));
    this.update(
      come.map(([name]) => name),
      gone.map(([name]) => name),
    );
    return true;
  }

  /** A part of an account. Parts that do not follow each other are none. */
  take({ sequence, part, parts, names }: Account): void {
    if (sequence <= this.sequence) return;
    if (part === 0) this.coming = { sequence, nextPart: 0, names: new Set() };
    const { coming } = this;
    if (coming?.sequence !== sequence || coming.nextPart !== part || coming.names.size > MAX_NAMES) return;
    coming.nextPart++;
    for (const name of names) coming.names.add(name);
    if (coming.nextPart < parts) return;
    this.coming = undefined;
    this.isAsked = false;
    this.sequence = sequence;
    this.update(
      [...coming.names].filter((name) => !this.names.has(name)),
      [...this.names].filter((name) => !coming.names.has(name)),
    );
  }

  /** It is gone, and with it everyone who was only there. `isSure`: so long that none of them is on the way to another. */
  forget(isSure: boolean): void {
    this.roster.remove(this.names, isSure);
    this.names = new Set();
  }

  private update(come: readonly string[], gone: readonly string[]): void {
    for (const name of come) this.names.add(name);
    for (const name of gone) this.names.delete(name);
    this.roster.add(come);
    this.roster.remove(gone);
  }
}
