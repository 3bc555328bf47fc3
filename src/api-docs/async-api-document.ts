import { StartupError } from '../platform/errors/startup-error';
import { APP_NAME, APP_VERSION } from '../settings/version';
import { CLOSE } from '../chat/protocol/close-codes';
import type { ClientFrame } from '../chat/protocol/client-frame';
import { CLIENT_FRAMES, SERVER_FRAMES, type Version } from '../chat/protocol/frames';
import { V2_SUBPROTOCOL } from '../chat/protocol/protocol-v2';
import { SECURITY_SCHEMES, securityOf, SERVER_SECURITY } from './async-api-security';

/** The subset of JSON Schema that the frames use. */
export interface Schema {
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly type?: string;
  readonly const?: string | true;
  readonly format?: string;
  readonly minimum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly maxItems?: number;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
}

type Frames = Readonly<Record<string, Schema>>;
type Reference = Readonly<{ $ref: string }>;
/** AsyncAPI's term, from the server's side. */
type Action = 'receive' | 'send';

export interface Message {
  readonly name: string;
  readonly title: string;
  readonly summary: string;
  readonly payload: Schema;
  readonly examples: readonly { readonly payload: unknown }[];
}

interface Channel {
  readonly address: string;
  readonly title: string;
  readonly description: string;
  readonly messages: Readonly<Record<string, Message>>;
  readonly bindings: object;
}

interface Operation {
  readonly action: Action;
  readonly channel: Reference;
  readonly summary: string;
  readonly messages: readonly Reference[];
  readonly security?: readonly Reference[];
  readonly reply?: { readonly channel: Reference; readonly messages: readonly Reference[] };
}

interface Protocol {
  readonly title: string;
  readonly description: string;
  readonly headers?: object;
}

const PROTOCOLS: Readonly<Record<Version, Protocol>> = {
  v1: {
    title: 'Protocol v1',
    description:
      'What a client gets that asks for no subprotocol, or for `chat.v1`. Where the server knows users, an access token comes ' +
      'in the handshake: `Authorization: Bearer`, or the subprotocol `bearer.` with the token. The feed begins with the connection. A frame that is not ' +
      'accepted is answered with one `error`; the connection stays open.',
  },
  v2: {
    title: 'Protocol v2',
    description:
      `For clients that offer the subprotocol \`${V2_SUBPROTOCOL}\`: acknowledgements, safe repeats, resuming, presence ` +
      'and typing. The feed begins with `hello`; a client that begins with another frame gets it from there on. Ids ' +
      'are contiguous: after id n comes n + 1, or a `gap` that begins with it.',
    headers: {
      type: 'object',
      properties: { 'Sec-WebSocket-Protocol': { type: 'string', const: V2_SUBPROTOCOL } },
      required: ['Sec-WebSocket-Protocol'],
    },
  },
};

const QUERY = {
  type: 'object',
  properties: {
    username: { ...CLIENT_FRAMES.v1.user_joined.schema.properties.username, description: 'A user who appears at once' },
    access_token: {
      type: 'string',
      description: 'An access token, for v1 scripts; only with `AUTH_QUERY_TOKEN=true`',
      examples: ['eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtYXgifQ.c2lnbmF0dXJl'],
    },
  },
};

const CLOSE_CODES: Readonly<Record<number, string>> = {
  1002: 'A frame was against RFC 6455. A fault of the client.',
  1007: 'A text frame was not UTF-8. A fault of the client.',
  1009: 'A frame was larger than `MAX_FRAME_BYTES`. Do not send it again.',
  [CLOSE.policy]:
    'The text says why. `origin not allowed`: do not reconnect. Others: too many refused frames, too many fragments or chunks, or a message ' +
    'that was not finished in time; repair the client, and reconnect after the longest delay.',
  [CLOSE.restart]: 'The server restarts. Everything accepted was stored and sent. Reconnect.',
  [CLOSE.tryAgain]: 'The access token cannot be verified at the moment. Reconnect.',
  [CLOSE.unauthorized]: 'No access token, or an invalid or expired one. Get a new one and reconnect.',
  [CLOSE.forbidden]: 'No right to read here, or a user who is not accepted. Do not reconnect.',
  [CLOSE.tooSlow]:
    'The client did not drain its backlog within `STALLED_READER_SECONDS`, or (v1) was behind by more than ' +
    '`REPLAY_LIMIT` messages. Reconnect and read faster.',
  [CLOSE.tooMany]: 'Too many connections, in total or from this address. Reconnect later.',
};

/** The AsyncAPI 3 document of `/ws`, made from the frame table; `docs/asyncapi.json` is its committed copy. */
export const ASYNC_API = {
  asyncapi: '3.0.0',
  info: {
    title: `${APP_NAME} WebSocket`,
    version: APP_VERSION,
    description: 'Every frame is text: a JSON object with a `type`. Keys that are not listed are ignored.',
    license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
  },
  defaultContentType: 'application/json',
  servers: {
    local: {
      host: 'localhost:8000',
      protocol: 'ws',
      description: 'Default address; `wss` behind a TLS proxy',
      security: SERVER_SECURITY,
    },
  },
  channels: { v1: channel('v1'), v2: channel('v2') },
  operations: Object.fromEntries([...operations('v1'), ...operations('v2')]),
  components: { securitySchemes: SECURITY_SCHEMES },
  'x-close-codes': CLOSE_CODES,
};

function channel(version: Version): Channel {
  const { title, description, headers } = PROTOCOLS[version];
  return {
    address: '/ws',
    title,
    description,
    messages: Object.fromEntries([
      ...messages('receive', received(version)),
      ...messages('send', SERVER_FRAMES[version]),
    ]),
    bindings: { ws: { method: 'GET', query: QUERY, ...(headers && { headers }), bindingVersion: '0.1.0' } },
  };
}

function messages(action: Action, frames: Frames): [string, Message][] {
  return Object.entries(frames).map(([name, payload]) => [
    messageKey(action, name),
    { name, title: name, summary: payload.description!, payload, examples: [{ payload: exampleOf(payload) }] },
  ]);
}

function operations(version: Version): [string, Operation][] {
  const channel = { $ref: `#/channels/${version}` };
  const message = (action: Action, name: string) => ({ $ref: `${channel.$ref}/messages/${messageKey(action, name)}` });
  const operation = (
    action: Action,
    name: string,
    schema: Schema,
    replies?: readonly string[],
  ): [string, Operation] => [
    `${version}_${messageKey(action, name)}`,
    {
      action,
      channel,
      summary: schema.description!,
      messages: [message(action, name)],
      ...(action === 'receive' && securityOf(schema) && { security: securityOf(schema) }),
      ...(replies && { reply: { channel, messages: replies.map((reply) => message('send', reply)) } }),
    },
  ];
  const rows: Readonly<Record<string, ClientFrame>> = CLIENT_FRAMES[version];
  return [
    ...Object.entries(rows).map(([name, { schema, replies }]) => operation('receive', name, schema, replies)),
    ...Object.entries<Schema>(SERVER_FRAMES[version]).map(([name, frame]) => operation('send', name, frame)),
  ];
}

function received(version: Version): Frames {
  const rows: Readonly<Record<string, ClientFrame>> = CLIENT_FRAMES[version];
  return Object.fromEntries(Object.entries(rows).map(([name, { schema }]) => [name, schema]));
}

/** Qualified by the direction: some names occur in both. */
function messageKey(action: Action, name: string): string {
  return `${action}_${name}`;
}

/** An object with every field, made of the examples of the fields. */
function exampleOf({ const: only, examples, anyOf, properties }: Schema, name = 'frame'): unknown {
  if (only !== undefined) return only;
  if (examples) return examples[0];
  if (anyOf) return exampleOf(anyOf[0]!, name);
  if (!properties) throw new StartupError(`the field "${name}" of a frame has no example`);
  return Object.fromEntries(Object.entries(properties).map(([key, field]) => [key, exampleOf(field, key)]));
}
