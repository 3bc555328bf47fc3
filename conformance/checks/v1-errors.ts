import { checks } from '../check';
import { must } from '../verdict';
import type { Client } from '../client';
import type { Kit } from '../kit';
import { mustHaveKeys, said, mustBeTime } from './expectations';

export const V1_ERRORS = checks(
  'v1',
  [
    'W4',
    'an invalid frame is answered by one error to its sender alone, and the connection stays open',
    async (kit) => {
      const [client, other] = [await kit.v1(), await kit.v1()];
      const faults = ['{', '', '[]', '"text"', 'null', '{}', '{"type":1}', '{"type":"kit-unknown"}', Buffer.from('{}')];
      for (const fault of faults) {
        client.send(fault);
        await client.expectType('error');
      }
      await isHeard(kit, client, other);
      must(client.all('error').length === faults.length, `${faults.length} errors; came ${client.all('error').length}`);
      must(other.all('error').length === 0, 'no error on another connection');
    },
  ],
  [
    'W5',
    'a missing or wrongly typed field is refused and named; unknown keys are ignored',
    async (kit) => {
      const client = await kit.v1();
      const [username, message] = [kit.name('eva'), kit.text()];
      const faults: [object, string][] = [
        [{ username }, 'message'],
        [{ username, message: 1 }, 'message'],
        ...(kit.target.identity === undefined ? ([[{ message }, 'username']] as [object, string][]) : []),
        [{ username: {}, message }, 'username'],
      ];
      for (const [fields, field] of faults) await mustName(client, { type: 'chat_message', ...fields }, field);
      client.send({ type: 'chat_message', username, message, 'kit-unknown': [1] });
      await client.expect('message with an unknown key', said(message));
    },
  ],
  [
    'W6',
    "a client's timestamp is checked for its form and otherwise ignored",
    async (kit) => {
      const client = await kit.v1();
      const [username, message] = [kit.name('eva'), kit.text()];
      await mustName(client, { type: 'chat_message', username, message, timestamp: 'yesterday' }, 'timestamp');
      client.send({ type: 'chat_message', username, message, timestamp: '2016-12-31T23:59:60Z' });
      const { timestamp } = await client.expect('message with a leap second', said(message));
      must(!String(timestamp).startsWith('2016'), "the server's time");
    },
  ],
  [
    'W8',
    'empty, blank and invisible texts, NUL and lone surrogates are refused',
    async (kit) => {
      const client = await kit.v1();
      for (const message of ['', ' \n\t ', '\u200b\u2060', 'a\u0000b', 'a\ud800']) {
        await mustName(client, { type: 'chat_message', username: kit.name('eva'), message }, 'message');
      }
      await isHeard(kit, client);
    },
  ],
  [
    'W14',
    'an error has exactly type, message and timestamp, in German or English by Accept-Language',
    async (kit) => {
      const messages = [];
      for (const language of ['de', 'en']) {
        const client = await kit.v1('', { 'Accept-Language': language });
        client.send('{');
        const error = await client.expectType('error');
        mustHaveKeys(error, ['type', 'message', 'timestamp']);
        mustBeTime(error.timestamp);
        messages.push(error.message);
      }
      must(messages[0] !== messages[1], 'another text in another language');
    },
  ],
);

async function mustName(client: Client, frame: object, field: string): Promise<void> {
  client.send(frame);
  const error = await client.expectType('error');
  must(String(error.message).includes(field), `an error that names ${field}; came ${JSON.stringify(error.message)}`);
}

/** Requires the connection to work; afterwards the others have received everything sent before. */
async function isHeard(kit: Kit, client: Client, ...others: Client[]): Promise<void> {
  const text = kit.text();
  client.send({ type: 'chat_message', username: kit.name('eva'), message: text });
  for (const one of [client, ...others]) await one.expect('message afterwards', said(text));
}
