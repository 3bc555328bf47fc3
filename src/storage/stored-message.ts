/** The largest value of a `Date`, in epoch milliseconds. */
const MAX_TIME = 8.64e15;

interface Field {
  readonly column: string;
  readonly type: 'integer' | 'text';
  readonly optional?: true;
  readonly min?: number;
  readonly max?: number;
  /** In UTF-16 units. */
  readonly minLength?: number;
  readonly maxLength?: number;
}

/**
 * The single definition of a message's fields, in column order. The types below, the check of batches from other replicas, and
 * the statements of all databases and of `move` follow from it. The entity `Message` repeats it for TypeORM, which a spec checks.
 */
export const MESSAGE_FIELDS = {
  id: { column: 'id', type: 'integer', min: 1 },
  // MAX_USERNAME_LENGTH code points. Its module compiles regular expressions, which the writer thread must not load.
  username: { column: 'username', type: 'text', minLength: 1, maxLength: 100 },
  /** Empty in a tombstone only. */
  message: { column: 'message', type: 'text' },
  /** Epoch milliseconds by the server's clock. */
  createdAt: { column: 'created_at', type: 'integer', min: -MAX_TIME, max: MAX_TIME },
  /** The idempotency key, unique per user. */
  clientId: { column: 'client_id', type: 'text', optional: true },
  /** Digest of key and text (`clientHashOf`). Given only where a message is copied; null where an older version stored none. */
  clientHash: { column: 'client_hash', type: 'text', optional: true },
  /** `authors.id`; absent if the sender had no identity. */
  authorId: { column: 'author_id', type: 'integer', optional: true, min: 1 },
  /** The newest change; absent, like the fields below, in a message that was never changed. */
  changeId: { column: 'change_id', type: 'integer', optional: true, min: 1 },
  /** Epoch milliseconds. */
  editedAt: { column: 'edited_at', type: 'integer', optional: true, min: -MAX_TIME, max: MAX_TIME },
  /** Epoch milliseconds; set in tombstones, whose text is erased. */
  deletedAt: { column: 'deleted_at', type: 'integer', optional: true, min: -MAX_TIME, max: MAX_TIME },
  /** Name of the author or moderator who deleted the message. */
  deletedBy: { column: 'deleted_by', type: 'text', optional: true, minLength: 1, maxLength: 200 },
} as const satisfies Record<string, Field>;

/** The fields with their bounds, prepared for `isStoredMessage`, which runs on every message from another replica. */
const CHECKS = Object.entries<Field>(MESSAGE_FIELDS).map(([name, field]) => {
  const isInteger = field.type === 'integer';
  return {
    name,
    isInteger,
    isOptional: field.optional === true,
    /** Bound of the value, or of its length. */
    min: (isInteger ? field.min : field.minLength) ?? -Infinity,
    max: (isInteger ? field.max : field.maxLength) ?? Infinity,
  };
});
type Check = (typeof CHECKS)[number];

type Fields = typeof MESSAGE_FIELDS;
type Name = keyof Fields;
type OptionalName = { [N in Name]: Fields[N] extends { readonly optional: true } ? N : never }[Name];
type Value<N extends Name> = Fields[N]['type'] extends 'integer' ? number : string;

/** A durable message. An optional field without a value is absent, or null where a database was read. */
export type StoredMessage = {
  readonly [N in Exclude<Name, OptionalName>]: Value<N>;
} & {
  readonly [N in OptionalName]?: Value<N> | null;
};

/** A message before it has an id. */
export type NewMessage = Omit<StoredMessage, 'id'>;

/** A message as it is passed to the log, which sets `id` and `createdAt`; both are 0 before. */
export type PendingMessage = Omit<NewMessage, 'createdAt'> & { id: number; createdAt: number };

/** The fields of a message's state that only a change sets. */
export const STATE_FIELDS = ['changeId', 'editedAt', 'deletedAt', 'deletedBy'] as const satisfies Name[];

/** Assigned by the append: the id, and the hash where none is given. */
const ASSIGNED_FIELDS = ['id', 'clientHash'] as const satisfies Name[];

type GivenName = Exclude<Name, (typeof STATE_FIELDS)[number] | (typeof ASSIGNED_FIELDS)[number]>;

/** The fields that a batch contains as they are stored. */
export const GIVEN_FIELDS = (Object.keys(MESSAGE_FIELDS) as Name[]).filter(
  (name): name is GivenName => !([...STATE_FIELDS, ...ASSIGNED_FIELDS] as Name[]).includes(name),
);

/** Whether a value from outside the process has the form of a stored message. Ignores unknown keys. */
export function isStoredMessage(value: unknown): value is StoredMessage {
  const fields = Object(value) as Record<string, unknown>;
  // Twice as fast as `every`.
  for (const check of CHECKS) if (!fits(fields[check.name], check)) return false;
  return fields.message !== '' || fields.deletedAt != null;
}

function fits(value: unknown, { isInteger, isOptional, min, max }: Check): boolean {
  if (value === undefined) return isOptional;
  if (isInteger) return Number.isSafeInteger(value) && min <= (value as number) && (value as number) <= max;
  return typeof value === 'string' && min <= value.length && value.length <= max && value.isWellFormed();
}

/** Identifies a message with an idempotency key among all others. Names are not empty, and no part contains a NUL. */
export function nameOf({ authorId, username, clientId }: NewMessage): string {
  return authorId == null ? `${username}\0${clientId}` : `\0${authorId}\0${clientId}`;
}
