import { type Static, Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { MAX_USERNAME_LENGTH } from '../../platform/text/username';

/** The bus topic on which replicas tell each other who is with them. Another form of the news needs another name. */
export const PRESENCE = 'presence';

/** Names in one piece of news, at most, and in a whole account; so many users of one replica the others can learn of. */
export const NAMES_PER_NEWS = 500;
export const MAX_NAMES = 100_000;

/** More than one process can have, and far from what sums of it could not hold. */
const MAX_CONNECTIONS = 10_000_000;

const count = (maximum: number) => Type.Integer({ minimum: 0, maximum });
const sequence = count(Number.MAX_SAFE_INTEGER);
/** In code points, of which lone surrogates are none. */
const username = Type.RegExp(new RegExp(`^\\P{Cs}{1,${MAX_USERNAME_LENGTH}}$`, 'u'), {
  maxLength: 2 * MAX_USERNAME_LENGTH,
});

/** I am here, with so many connections. */
const beat = Type.Object({ kind: Type.Literal('beat'), sequence, connections: count(MAX_CONNECTIONS) });
/** These users came (true) or left (false). */
const change = Type.Object({
  kind: Type.Literal('change'),
  sequence,
  users: Type.Array(Type.Tuple([username, Type.Boolean()]), { maxItems: NAMES_PER_NEWS }),
});
/** Say who is with you: one replica, or all of them. */
const ask = Type.Object({ kind: Type.Literal('ask'), of: Type.Optional(Type.String()) });
/** A part of all who are with me; the parts follow each other. */
const account = Type.Object({
  kind: Type.Literal('account'),
  sequence,
  part: count(MAX_NAMES / NAMES_PER_NEWS),
  parts: Type.Integer({ minimum: 1, maximum: MAX_NAMES / NAMES_PER_NEWS }),
  names: Type.Array(username, { maxItems: NAMES_PER_NEWS }),
});
const typing = Type.Object({ kind: Type.Literal('typing'), username });
const bye = Type.Object({ kind: Type.Literal('bye') });

const NEWS = Type.Union([beat, change, ask, account, typing, bye]);
const COMPILED = TypeCompiler.Compile(NEWS);

/** `sequence` counts a replica's changes: whoever is told one that does not follow what it knows has missed some. */
export type PresenceMessage = Static<typeof NEWS>;
export type Account = Static<typeof account>;

/**
 * Another replica may be of another version.
 * @throws TypeError which quotes nothing of it, as it may be somebody's name
 */
export function checkPresenceMessage(payload: unknown): asserts payload is PresenceMessage {
  if (!COMPILED.Check(payload)) throw new TypeError('it is no news of presence');
}
