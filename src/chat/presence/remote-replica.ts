import { MAX_NAMES, type SnapshotPart } from './presence-messages';
import type { Roster } from './roster';

/** Known state of another replica, and its users in the roster. Must not know how its messages arrive. */
export class RemoteReplica {
  connections = 0;
  /** Own heartbeats since its last message. */
  missedHeartbeats = 0;
  /** Whether a snapshot was requested and has not arrived. */
  isSnapshotRequested = false;
  /** The newest change known together with all before it; -1 before the first snapshot. */
  private sequence = -1;
  private names = new Set<string>();
  private incoming: { readonly sequence: number; nextPart: number; readonly names: Set<string> } | undefined;

  constructor(private readonly roster: Pick<Roster, 'add' | 'remove'>) {}

  /** Whether exactly the changes up to this one are known. */
  isAt(sequence: number): boolean {
    return this.sequence === sequence;
  }

  /** Applies a change. False when changes before it were missed; then it is not applied. */
  change(sequence: number, users: readonly (readonly [string, boolean])[]): boolean {
    if (sequence <= this.sequence) return true;
    if (this.sequence < 0 || sequence !== this.sequence + 1) return false;
    this.sequence = sequence;
    const free = Math.max(0, MAX_NAMES - this.names.size);
    const joined = users.filter(([name, isPresent]) => isPresent && !this.names.has(name)).slice(0, free);
    const left = users.filter(([name, isPresent]) => !isPresent && this.names.has(name));
    this.update(
      joined.map(([name]) => name),
      left.map(([name]) => name),
    );
    return true;
  }

  /** Collects the parts of a snapshot and applies it with its last part. A part out of order is dropped. */
  addSnapshotPart({ sequence, part, parts, names }: SnapshotPart): void {
    if (sequence <= this.sequence) return;
    if (part === 0) this.incoming = { sequence, nextPart: 0, names: new Set() };
    const { incoming } = this;
    if (incoming?.sequence !== sequence || incoming.nextPart !== part || incoming.names.size > MAX_NAMES) return;
    incoming.nextPart++;
    for (const name of names) incoming.names.add(name);
    if (incoming.nextPart < parts) return;
    this.incoming = undefined;
    this.isSnapshotRequested = false;
    this.sequence = sequence;
    this.update(
      [...incoming.names].filter((name) => !this.names.has(name)),
      [...this.names].filter((name) => !incoming.names.has(name)),
    );
  }

  /** Removes its users. `isFinal`: it was silent for so long that none of them is still reconnecting to another replica. */
  forget(isFinal: boolean): void {
    this.roster.remove(this.names, isFinal);
    this.names = new Set();
  }

  private update(joined: readonly string[], left: readonly string[]): void {
    for (const name of joined) this.names.add(name);
    for (const name of left) this.names.delete(name);
    this.roster.add(joined);
    this.roster.remove(left);
  }
}
