import type { Told } from '../history';
import type { ChangeRow, Row, Stored } from '../stored';
import { keyOf, type Ledger, originOf } from './ledger';

type State = Omit<Told, 'id' | 'username' | 'timestamp'>;

/** Every state that each stored message ever had: as sent, then after each stored change, in order. */
export class MessageStates {
  /** By message, then by change; 0: before any. */
  private readonly states = new Map<number, Map<number, State>>();
  private readonly byId: Stored['byId'];

  constructor(ledger: Ledger, { rows, byId, changes }: Stored) {
    const origin = originOf(ledger);
    this.byId = byId;
    for (const row of rows) {
      // Without the original the state is unknown; `invented` reports it.
      const message = row.changeId === null ? row.message : (origin(row)?.message ?? '');
      this.states.set(row.id, new Map([[0, { message }]]));
    }
    for (const change of changes) this.apply(change, ledger);
  }

  /** Whether the delivered message is in the state that it had after the change it names. */
  isTold({ id, username, timestamp, ...told }: Told): boolean {
    const row = this.byId.get(id);
    const state = this.states.get(id)?.get(told.change_id ?? 0);
    return row?.username === username && iso(row.createdAt) === timestamp && state !== undefined && isSame(told, state);
  }

  /** Whether a row has the newest of its states. */
  isNewest(row: Row): boolean {
    const { message, changeId, editedAt, deletedAt, deletedBy } = row;
    const newest = [...(this.states.get(row.id)?.values() ?? [])].at(-1);
    if (changeId === null || !newest) return newest?.message === message && newest.change_id === undefined;
    const is = { edited_at: iso(editedAt), deleted_at: iso(deletedAt), deleted_by: deletedBy ?? undefined };
    return isSame({ message, change_id: changeId, ...is }, newest);
  }

  /** All texts that a message ever had. */
  textsOf(id: number): string[] {
    return [...(this.states.get(id)?.values() ?? [])].map(({ message }) => message);
  }

  private apply({ id, messageId, createdAt, username, clientId }: ChangeRow, { asked }: Ledger): void {
    const states = this.states.get(messageId);
    const request = asked.get(keyOf(username, clientId));
    if (!states || !request) return;
    const before = [...states.values()].at(-1)!;
    const { message } = request.wish;
    const at = iso(createdAt);
    const after =
      message === undefined
        ? { ...before, message: '', deleted_at: at, deleted_by: request.username }
        : { ...before, message, edited_at: at };
    states.set(id, { ...after, change_id: id });
  }
}

function isSame(one: State, other: State): boolean {
  return (['message', 'change_id', 'edited_at', 'deleted_at', 'deleted_by'] as const).every(
    (field) => one[field] === other[field],
  );
}

function iso(time: number): string;
function iso(time: number | null): string | undefined;
function iso(time: number | null): string | undefined {
  return time === null ? undefined : new Date(time).toISOString();
}
