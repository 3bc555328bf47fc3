import { type Static, Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { MAX_USERNAME_LENGTH } from '../../platform/text/username';

/** The bus topic of presence messages. A change of their format needs a new name. */
export const PRESENCE = 'presence';

/** Maximum names per presence message. */
export const NAMES_PER_MESSAGE = 500;
/** Maximum names per snapshot; users of a replica beyond it are not replicated. */
export const MAX_NAMES = 100_000;

/** More than a process can have, and small enough that sums stay exact. */
const MAX_CONNECTIONS = 10_000_000;

const count = (maximum: number) => Type.Integer({ minimum: 0, maximum });
const sequence = count(Number.MAX_SAFE_INTEGER);
/** In code points; a lone surrogate is not one. */
const username = Type.RegExp(new RegExp(`^\\P{Cs}{1,${MAX_USERNAME_LENGTH}}$`, 'u'), {
  maxLength: 2 * MAX_USERNAME_LENGTH,
});

// `kind` is the wire format shared with replicas of earlier releases: its values must not change.

/** The replica is alive, with this many connections, and `sequence` change messages so far. */
const heartbeat = Type.Object({ kind: Type.Literal('beat'), sequence, connections: count(MAX_CONNECTIONS) });
/** Users of the replica that joined (true) or left (false). */
const change = Type.Object({
  kind: Type.Literal('change'),
  sequence,
  users: Type.Array(Type.Tuple([username, Type.Boolean()]), { maxItems: NAMES_PER_MESSAGE }),
});
/** Asks one replica, or all of them, for a snapshot. */
const snapshotRequest = Type.Object({ kind: Type.Literal('ask'), of: Type.Optional(Type.String()) });
/** One part of a replica's users; parts are sent in order. */
const snapshot = Type.Object({
  kind: Type.Literal('account'),
  sequence,
  part: count(MAX_NAMES / NAMES_PER_MESSAGE),
  parts: Type.Integer({ minimum: 1, maximum: MAX_NAMES / NAMES_PER_MESSAGE }),
  names: Type.Array(username, { maxItems: NAMES_PER_MESSAGE }),
});
const typing = Type.Object({ kind: Type.Literal('typing'), username });
/** The replica shuts down. */
const bye = Type.Object({ kind: Type.Literal('bye') });

const MESSAGE = Type.Union([heartbeat, change, snapshotRequest, snapshot, typing, bye]);
const COMPILED = TypeCompiler.Compile(MESSAGE);

/** `sequence` counts a replica's change messages: a receiver that sees a number skipped has missed some. */
export type PresenceMessage = Static<typeof MESSAGE>;
export type SnapshotPart = Static<typeof snapshot>;

/**
 * Checks a message from another replica, which may run another version.
 * @throws TypeError that quotes nothing of the payload: it may be a user's name
 */
export function checkPresenceMessage(payload: unknown): asserts payload is PresenceMessage {
  if (!COMPILED.Check(payload)) throw new TypeError('not a presence message');
}
