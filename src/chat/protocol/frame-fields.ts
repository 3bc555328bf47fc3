import { FormatRegistry, type TObject, Type } from '@sinclair/typebox';
import { MAX_CLIENT_ID_LENGTH } from '../../messages/message-input';
import { MAX_GIVEN_USERNAME_LENGTH } from '../../platform/text/username';
import { isClientTimestamp } from './client-timestamp';

/* Fields shared by the frames of both protocols. */

FormatRegistry.Set('date-time', isClientTimestamp);

export const MAX_EPOCH_LENGTH = 64;
/** In characters, as in `TokenVerifier`; a longer token fails the schema check. */
export const MAX_TOKEN_LENGTH = 8_192;
/** Twice what the longest form with nanoseconds needs. */
const MAX_TIMESTAMP_LENGTH = 64;

export const example = <T>(value: T) => ({ examples: [value] });

export const username = Type.String({
  description: '1–50 code points, by the rules for names in docs/protocol.md',
  ...example('max_mustermann'),
});
export const givenUsername = Type.String({
  ...username,
  maxLength: MAX_GIVEN_USERNAME_LENGTH,
  description:
    '1–50 code points after trimming, normalised to NFC, repeated spaces collapsed; no invisible characters, see docs/protocol.md',
});
export const message = Type.String({
  description: 'At least one code point, at most the limit of the server; something visible, no NUL',
  ...example('Hallo Welt!'),
});
export const clientId = Type.String({
  minLength: 1,
  maxLength: MAX_CLIENT_ID_LENGTH,
  description: "The sender's own name for the message, unique per user (a UUID, say); sending it again is safe",
  ...example('0b9c0ad4-6c5f-4f0e-9f0c-3a5e5a4f7d11'),
});
/** Beyond it JSON numbers are not exact, and beyond eight bytes PostgreSQL rejects the id, which fails the whole batch. */
const maximum = Number.MAX_SAFE_INTEGER;
export const id = (description: string) => Type.Integer({ minimum: 0, maximum, description, ...example(151) });
export const messageId = Type.Integer({ minimum: 1, maximum, description: 'The id of the message', ...example(151) });
export const changeId = (description: string) => Type.Integer({ minimum: 1, maximum, description, ...example(17) });
export const toTheSecond = Type.String({
  format: 'date-time',
  description: 'UTC, to the second',
  ...example('2024-01-01T12:00:00Z'),
});
export const toTheMillisecond = Type.String({
  format: 'date-time',
  description: 'UTC, to the millisecond',
  ...example('2024-01-01T12:00:00.123Z'),
});
export const ignoredTimestamp = Type.Optional(
  Type.String({
    format: 'date-time',
    maxLength: MAX_TIMESTAMP_LENGTH,
    description: "RFC 3339 or ISO 8601; checked and otherwise ignored: the server's clock counts",
    ...example('2024-01-01T12:00:00Z'),
  }),
);

export const token = Type.String({
  maxLength: MAX_TOKEN_LENGTH,
  description: 'An access token, where the server asks for one; else ignored',
  ...example('eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtYXgifQ.c2lnbmF0dXJl'),
});
export const tokenExpiresInMs = Type.Integer({
  description: 'Until the access token ends, and the connection with it',
  ...example(3_600_000),
});

export function frame<Name extends string, Fields extends Record<string, TObject['properties'][string]>>(
  type: Name,
  description: string,
  fields: Fields,
) {
  return Type.Object({ type: Type.Literal(type), ...fields }, { description });
}

/** The fields that only a changed message has. */
export const changed = {
  change_id: Type.Optional(changeId('Its newest change')),
  edited_at: Type.Optional(toTheMillisecond),
  deleted_at: Type.Optional(Type.String({ ...toTheMillisecond, description: 'Set: the text is gone' })),
  deleted_by: Type.Optional(Type.String({ description: 'Its author, or a moderator', ...example('eva') })),
};
export const newestText = Type.String({
  description: 'The newest text; empty in a deleted message',
  ...example('Hallo Welt!'),
});
export const lastChange = Type.Optional(
  id('The newest change this connection was sent; left out where nothing can be changed'),
);

export const limits = Type.Object(
  {
    max_message_length: Type.Integer(example(4000)),
    max_frame_bytes: Type.Integer(example(50_048)),
    max_username_length: Type.Integer(example(50)),
    message_rate: Type.Integer({ description: 'Messages a second; 0: no limit', ...example(20) }),
    message_burst: Type.Integer(example(100)),
    replay_limit: Type.Integer(example(10_000)),
  },
  { description: 'Limits of the server' },
);
