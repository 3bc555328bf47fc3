import type { TObject } from '@sinclair/typebox';
import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import fc from 'fast-check';
import { anyText } from '../../../test/support/any-text';
import { AppError } from '../../platform/errors/app-error';
import { LANGUAGES } from '../../platform/errors/language';
import type { ChangedMessage } from '../../storage/message-change';
import { MESSAGE_FIELDS, type StoredMessage } from '../../storage/stored-message';
import { chatMessageV1, chatMessageV2, messageChangedV2 } from './chat-message';
import { V1_OUT, V2_OUT } from './frames';
import type { Protocol } from './protocol';
import { PROTOCOL_V1 } from './protocol-v1';
import { PROTOCOL_V2 } from './protocol-v2';
import { quoted, serialize, welcome, type WelcomeTail } from './serializer';

describe('quoted', () => {
  it.each([
    '',
    'plain',
    'quote " and \\',
    'line\nbreak',
    '\u0000\u001f',
    '\u007f\u2028\u2029',
    'Grüße 👋',
    '</script>',
  ])('writes %j as JSON.stringify does', (text) => {
    expect(quoted(text)).toBe(JSON.stringify(text));
  });

  it('equals JSON.stringify for any well-formed text', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        expect(quoted(text)).toBe(JSON.stringify(text));
      }),
    );
  });
});

/** Up to 9999, the last year in RFC 3339. */
const time = fc.integer({ min: Date.UTC(1970, 0), max: Date.UTC(9999, 11, 31) });
const text = anyText();
const id = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const names = fc.array(text, { maxLength: 5 });
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
/** Fields that a message may lack, which a database returns as null. */
const optional = Object.entries<{ type: 'integer' | 'text'; optional?: true }>(MESSAGE_FIELDS).filter(
  ([, field]) => field.optional,
);
const given = (name: string, { type }: { type: 'integer' | 'text' }): fc.Arbitrary<unknown> => {
  if (name.endsWith('At')) return time;
  return type === 'integer' ? fc.integer({ min: 1 }) : text;
};
const fields = { id, username: text, message: text, createdAt: time };
const stored = fc.record({
  ...fields,
  ...Object.fromEntries(optional.map(([name, field]) => [name, fc.option(maybe(given(name, field)))])),
}) as fc.Arbitrary<StoredMessage>;
const complete = fc.record({
  ...fields,
  ...Object.fromEntries(optional.map(([name, field]) => [name, given(name, field)])),
}) as fc.Arbitrary<StoredMessage>;

const OUT: Record<string, Record<string, TObject>> = { v1: V1_OUT, v2: V2_OUT };

/** Returns the parsed frame after checking it against its schema, with additional keys forbidden. */
function conform(version: string, json: string): Record<string, unknown> {
  const frame = JSON.parse(json) as Record<string, unknown>;
  const schema = OUT[version]![frame.type as string]!;
  const closed = Type.Object(schema.properties, { additionalProperties: false });
  const [first] = [...Value.Errors(closed, frame)];
  expect(first && `${frame.type as string}${first.path}: ${first.message}`).toBeUndefined();
  return frame;
}

function everyFrame<T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => void): void {
  fc.assert(fc.property(arbitrary, check));
}

describe('frames with a template', () => {
  it('chat_message of v1', () => {
    everyFrame(stored, (message) => {
      const { username, message: said } = conform('v1', chatMessageV1(message));
      expect([username, said]).toEqual([message.username, message.message]);
    });
  });

  it('chat_message of v2', () => {
    everyFrame(stored, (message) => {
      const frame = conform('v2', chatMessageV2(message));
      expect(frame).toMatchObject({ id: message.id, username: message.username, message: message.message });
      expect(Date.parse(frame.timestamp as string)).toBe(message.createdAt);
    });
  });

  it.each([
    ['v1', chatMessageV1],
    ['v2', chatMessageV2],
  ])('chat_message of %s has every key of its schema when the message has every field', (version, encode) => {
    everyFrame(complete, (message) => {
      expect(Object.keys(conform(version, encode(message)))).toEqual(
        Object.keys(OUT[version]!.chat_message!.properties),
      );
    });
  });

  it('message_changed has every key of its schema when the message has every field', () => {
    everyFrame(complete, (message) => {
      const frame = conform('v2', messageChangedV2(message as ChangedMessage));
      expect(Object.keys(frame)).toEqual(Object.keys(V2_OUT.message_changed.properties));
      expect(frame).toMatchObject({ id: message.id, change_id: message.changeId, message: message.message });
    });
  });

  it('welcome', () => {
    const tail = {
      limits: {
        max_message_length: 1,
        max_frame_bytes: 2,
        max_username_length: 3,
        message_rate: 4,
        message_burst: 5,
        replay_limit: 6,
      },
      heartbeat_seconds: 7,
    } satisfies WelcomeTail;
    everyFrame(
      fc.tuple(fc.uuid(), fc.option(text), id, fc.nat(), names),
      ([connection, username, last, count, users]) => {
        const head = { connection_id: connection, username, last_id: last, epoch: connection };
        const frame = conform('v2', welcome(head, count, JSON.stringify(users), JSON.stringify(tail)));
        expect(frame).toEqual({ type: 'welcome', ...head, users, user_count: count, ...tail });
      },
    );
  });
});

describe.each([PROTOCOL_V1, PROTOCOL_V2] as Protocol[])('frames of protocol $name', (protocol) => {
  const { name: version } = protocol;
  const conformIfSent = (json: string | undefined) => json !== undefined && conform(version, json);

  it('names: user_joined, user_left and typing', () => {
    everyFrame(fc.tuple(text, time), ([username, now]) => {
      expect(conform(version, protocol.userJoined(username, now))).toMatchObject({ username });
      conformIfSent(protocol.userLeft(username, now));
      conformIfSent(protocol.typing(username));
    });
  });

  it('presence', () => {
    everyFrame(fc.tuple(fc.nat(), maybe(names)), ([count, users]) => {
      const frame = conformIfSent(protocol.presence(count, users && JSON.stringify(users)));
      if (frame) expect(frame).toEqual({ type: 'presence', user_count: count, ...(users && { users }) });
    });
  });

  it('error', () => {
    const clientId = maybe(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 }).filter((s) => s.length <= 64));
    everyFrame(
      fc.tuple(time, clientId, maybe(fc.nat()), fc.constantFrom(...LANGUAGES)),
      ([now, own, wait, language]) => {
        const error = new AppError('message_rate', { rate: 1, seconds: 2 }, wait);
        conform(version, protocol.error(error, language, now, own));
      },
    );
  });

  it('timestamps in RFC 3339, UTC, with the precision of the protocol', () => {
    const form = version === 'v1' ? /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/ : /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
    everyFrame(time, (now) => {
      expect(conform(version, protocol.userJoined('max', now)).timestamp).toMatch(form);
    });
  });
});

it('every frame without a template is checked by the compiler', () => {
  expect(conform('v2', serialize({ type: 'gap', from: 1, to: 2 }))).toEqual({ type: 'gap', from: 1, to: 2 });
});
