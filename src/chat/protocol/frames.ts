import { type Static, Type } from '@sinclair/typebox';
import { fromClient } from './client-frame';
import {
  MAX_EPOCH_LENGTH,
  example,
  username,
  givenUsername,
  message,
  clientId,
  id,
  messageId,
  changeId,
  toTheSecond,
  toTheMillisecond,
  ignoredTimestamp,
  token,
  tokenExpiresInMs,
  frame,
  changed,
  newestText,
  lastChange,
  limits,
} from './frame-fields';

/**
 * The frames of both protocols. One schema types the code, checks incoming frames and is published in the AsyncAPI document;
 * serializer.spec.ts checks the frames that the server sends against it. `CLIENT_FRAMES` is the frame table: see `ClientFrame`.
 * Both directions are in one file, so that a message field is added in one place.
 */

/** Frames from the client in protocol v1, which the API document defines. */
export const V1_IN = {
  chat_message: fromClient(
    frame('chat_message', 'Say something', {
      username: givenUsername,
      message,
      timestamp: ignoredTimestamp,
    }),
    { policy: 'speak', needs: 'write' },
  ),
  user_joined: fromClient(
    frame('user_joined', 'Appear under a name without saying anything', {
      username: givenUsername,
      timestamp: ignoredTimestamp,
    }),
    { policy: 'appear', needs: 'write' },
  ),
} as const;

/** Frames from the server in protocol v1. */
export const V1_OUT = {
  chat_message: frame('chat_message', 'Somebody said something', { username, message, timestamp: toTheSecond }),
  user_joined: frame('user_joined', 'A user appeared', { username, timestamp: toTheSecond }),
  error: frame('error', 'Your frame was not accepted', {
    message: Type.String(example('Ungültige Nachricht')),
    timestamp: toTheSecond,
  }),
} as const;

/** Frames from the client in protocol v2, negotiated by the subprotocol `chat.v2`. */
export const V2_IN = {
  hello: fromClient(
    frame('hello', 'The first frame: who I am, and what I have seen', {
      username: Type.Optional(givenUsername),
      after: Type.Optional(id('The last message id I have seen: replay what follows it')),
      after_change: Type.Optional(id('The last change id I have seen: tell me what was changed since')),
      epoch: Type.Optional(
        Type.String({
          maxLength: MAX_EPOCH_LENGTH,
          description:
            'The `epoch` of the last `welcome`, empty before the first: under another one, `after` and `after_change` are ignored',
          ...example('0f8fad5bd9cb469fa16570867728950e'),
        }),
      ),
      token: Type.Optional(token),
    }),
    { policy: 'introduce', needs: 'read', takesToken: true, opensFeed: true, replies: ['welcome', 'error'] },
  ),
  chat_message: fromClient(
    frame('chat_message', 'Say something; an `ack` answers when it is on disk', {
      client_id: clientId,
      message,
      username: Type.Optional(givenUsername),
      timestamp: ignoredTimestamp,
    }),
    { policy: 'speak', needs: 'write', replies: ['ack', 'error'] },
  ),
  user_joined: fromClient(
    frame('user_joined', 'Appear under a further name', {
      username: givenUsername,
      timestamp: ignoredTimestamp,
    }),
    { policy: 'appear', needs: 'write' },
  ),
  typing: fromClient(
    frame('typing', 'The user is typing; passed on at most once a second per user', {
      username: Type.Optional(givenUsername),
    }),
    { policy: 'signal', needs: 'write' },
  ),
  edit: fromClient(
    frame('edit', 'Change the text of a message of mine; an `ack` answers when it is on disk', {
      client_id: clientId,
      id: messageId,
      message,
    }),
    { policy: 'revise', needs: 'write', onlyWith: 'changes', replies: ['ack', 'error'] },
  ),
  delete: fromClient(
    frame('delete', 'Delete a message of mine, or as a moderator anybody’s; an `ack` answers when it is on disk', {
      client_id: clientId,
      id: messageId,
    }),
    { policy: 'remove', needs: 'read', onlyWith: 'changes', replies: ['ack', 'error'] },
  ),
  ping: fromClient(frame('ping', 'For browsers, which cannot see control frames', {}), {
    policy: 'free',
    needs: 'open',
    replies: ['pong'],
  }),
  authenticate: fromClient(
    frame('authenticate', 'A new access token for the same user, before the present one ends', { token }),
    {
      policy: 'free',
      needs: 'open',
      takesToken: true,
      onlyWith: 'access',
      opensFeed: true,
      replies: ['authenticated', 'error'],
    },
  ),
} as const;

/** Frames from the server in protocol v2. */
export const V2_OUT = {
  welcome: frame('welcome', 'The answer to `hello`', {
    connection_id: Type.String(example('5f4c7a52-3d0a-4b0e-8f57-0d3a1b6a2f10')),
    username: Type.Union([username, Type.Null()], { description: 'As the server writes it; null without one' }),
    roles: Type.Optional(
      Type.Array(Type.String(), {
        description: "The access token's; only where the server knows users",
        ...example([]),
      }),
    ),
    can: Type.Optional(
      Type.Object(
        {
          read: Type.Boolean(example(true)),
          write: Type.Boolean(example(true)),
          moderate: Type.Boolean(example(false)),
        },
        { description: 'What this connection may do; only where the server knows users' },
      ),
    ),
    token_expires_in_ms: Type.Optional(tokenExpiresInMs),
    last_id: id('The newest message of all'),
    epoch: Type.Optional(
      Type.String({
        description:
          'The identity of the database: ids of another one mean nothing here. Left out where nothing can be changed and `hello` had none',
        ...example('0f8fad5bd9cb469fa16570867728950e'),
      }),
    ),
    users: Type.Array(Type.String(), {
      description: 'The users present; if they are many, a sample of at most 1,000',
      ...example(['eva', 'max_mustermann']),
    }),
    user_count: Type.Integer({ description: 'Number of users present', ...example(2) }),
    limits,
    heartbeat_seconds: Type.Integer(example(30)),
  }),
  ack: frame('ack', 'Your message is on disk; a repeat gets the same answer', {
    client_id: clientId,
    id: id('The id it is stored under'),
    change_id: Type.Optional(changeId('Of an `edit` or `delete`')),
    timestamp: toTheMillisecond,
  }),
  chat_message: frame('chat_message', 'Somebody said something; in the order of `id`, each once, without a gap', {
    id: id('Contiguous'),
    username,
    message: newestText,
    timestamp: toTheMillisecond,
    verified: Type.Optional(Type.Literal(true, { description: 'The author was authenticated' })),
    ...changed,
  }),
  message_changed: frame(
    'message_changed',
    'A message was edited or deleted: its whole new state, safe to apply twice; in the order of `change_id`',
    {
      id: id('Of the message'),
      ...changed,
      change_id: changeId('Newer than all before'),
      username,
      message: newestText,
      timestamp: toTheMillisecond,
    },
  ),
  replayed: frame('replayed', 'The replay is complete; what follows is live', {
    last_id: id('The last id replayed'),
    last_change_id: lastChange,
  }),
  gap: frame('gap', 'You were too far behind: fetch these over REST, if you want them; what follows is complete', {
    from: id('The first id left out'),
    to: id('The last id left out'),
  }),
  user_joined: frame('user_joined', 'A user appeared', { username, timestamp: toTheMillisecond }),
  user_left: frame('user_left', "A user's last connection is gone", { username, timestamp: toTheMillisecond }),
  presence: frame(
    'presence',
    'Number of users present, if they are too many to report each; with `users`, the complete list, which replaces yours',
    {
      user_count: Type.Integer(example(1001)),
      users: Type.Optional(Type.Array(Type.String(), example(['eva', 'max']))),
    },
  ),
  typing: frame('typing', 'Somebody else is typing', { username }),
  pong: frame('pong', 'The answer to `ping`', {
    last_id: id('The newest message this connection was sent'),
    last_change_id: lastChange,
  }),
  error: frame('error', 'Your frame was not accepted', {
    code: Type.String({ description: 'The codes of the REST API', ...example('VALIDATION_ERROR') }),
    message: Type.String(example('Ungültige Nachricht')),
    timestamp: toTheMillisecond,
    client_id: Type.Optional(clientId),
    retry_after_ms: Type.Optional(Type.Integer({ description: 'When sending it again makes sense', ...example(250) })),
  }),
  authenticated: frame('authenticated', 'The new access token is in force', {
    token_expires_in_ms: Type.Optional(tokenExpiresInMs),
  }),
  token_expiring: frame(
    'token_expiring',
    'The access token ends soon: send a new one with `authenticate`, or the connection is closed with 4401',
    { token_expires_in_ms: tokenExpiresInMs },
  ),
  going_away: frame('going_away', 'The server restarts: it closes with 1012, come back after this time', {
    reconnect_after_ms: Type.Integer(example(1730)),
  }),
} as const;

export const CLIENT_FRAMES = { v1: V1_IN, v2: V2_IN } as const;
export const SERVER_FRAMES = { v1: V1_OUT, v2: V2_OUT } as const;

export type Version = keyof typeof CLIENT_FRAMES;
export type V1In = { [Name in keyof typeof V1_IN]: Static<(typeof V1_IN)[Name]['schema']> };
export type V2In = { [Name in keyof typeof V2_IN]: Static<(typeof V2_IN)[Name]['schema']> };
export type V1Out = { [Name in keyof typeof V1_OUT]: Static<(typeof V1_OUT)[Name]> };
export type V2Out = { [Name in keyof typeof V2_OUT]: Static<(typeof V2_OUT)[Name]> };
