import { checks } from '../check';
import { must, Untried } from '../verdict';
import type { Frame } from '../client';
import {
  acknowledged,
  answerTo,
  mustBeContiguous,
  mustHaveKeys,
  refused,
  said,
  settled,
  mustBePreciseTime,
} from './expectations';

const SEVERAL = 8;

export const V2_MESSAGES = checks(
  'v2',
  [
    'V3',
    'an ack precedes the message itself, with its id and time',
    async (kit) => {
      const [client] = await kit.hello({ username: kit.name('eva') });
      const [key, text] = [kit.key(), kit.text()];
      const ack = await acknowledged(client, { client_id: key, message: text });
      const message = await client.expect('message behind its ack', said(text));
      mustHaveKeys(ack, ['type', 'client_id', 'id', 'timestamp']);
      must(ack.id === message.id && ack.timestamp === message.timestamp, 'id and time of the message in the ack');
      mustBePreciseTime(ack.timestamp);
    },
  ],
  [
    'V4',
    'a repeat gets the same ack, and is not sent again',
    async (kit) => {
      const [client] = await kit.hello({ username: kit.name('eva') });
      const [reader] = await kit.hello();
      const [key, text] = [kit.key(), kit.text()];
      const first = await acknowledged(client, { client_id: key, message: text });
      const again = await acknowledged(client, { client_id: key, message: text });
      must(again.id === first.id && again.timestamp === first.timestamp, `the ack of id ${JSON.stringify(first.id)}`);
      await acknowledged(client, { client_id: kit.key(), message: kit.text() });
      await settled(client);
      await reader.expect('message', said(text));
      await settled(reader);
      for (const one of [client, reader]) must(one.all('chat_message', said(text)).length === 1, 'the message once');
    },
  ],
  [
    'V4',
    'a message sent by two connections at once is stored once',
    async (kit) => {
      const username = kit.name('eva');
      const [[one], [two]] = [await kit.hello({ username }), await kit.hello({ username })];
      const [key, text] = [kit.key(), kit.text()];
      for (const client of [one, two]) client.send({ type: 'chat_message', client_id: key, message: text });
      const first = await one.expect('answer', answerTo(key));
      const second = await two.expect('answer', answerTo(key));
      must(first.type === 'ack' && first.id === second.id, `the same ack on both; came ${JSON.stringify(second)}`);
      await acknowledged(one, { client_id: kit.key(), message: kit.text() });
      await settled(one);
      must(one.all('chat_message', said(text)).length === 1, 'the message once');
    },
  ],
  [
    'V19',
    'a client_id with another text is refused',
    async (kit) => {
      const [client] = await kit.hello({ username: kit.name('eva') });
      const [key, text] = [kit.key(), kit.text()];
      await acknowledged(client, { client_id: key, message: kit.text() });
      const error = await refused(client, { client_id: key, message: text }, 'another text under the same client_id');
      must(error.code === 'VALIDATION_ERROR', `VALIDATION_ERROR; came ${JSON.stringify(error.code)}`);
      await acknowledged(client, { client_id: kit.key(), message: kit.text() });
      await settled(client);
      must(client.all('chat_message', said(text)).length === 0, 'nothing of it stored');
    },
  ],
  [
    'V5',
    'a client_id has 1 to 64 characters',
    async (kit) => {
      const [client] = await kit.hello({ username: kit.name('eva') });
      await acknowledged(client, { client_id: kit.key().padEnd(64, '-'), message: kit.text() });
      for (const client_id of ['', 'k'.repeat(65), 'k\u0000', 1, undefined]) {
        client.send({ type: 'chat_message', client_id, message: kit.text() });
        const answer = await client.expect('answer', ({ type }) => type === 'ack' || type === 'error');
        must(answer.type === 'error', `an error for the client_id ${JSON.stringify(client_id)}`);
      }
    },
  ],
  [
    'V6',
    'messages arrive in the order of id, contiguous, each once, on every connection',
    async (kit) => {
      const [[one], [two], [reader]] = [
        await kit.hello({ username: kit.name('eva') }),
        await kit.hello({ username: kit.name('max') }),
        await kit.hello(),
      ];
      const texts = Array.from({ length: 2 * SEVERAL }, () => kit.text());
      for (const [i, message] of texts.entries()) {
        (i % 2 ? two : one).send({ type: 'chat_message', client_id: kit.key(), message });
      }
      const wanted = new Set<unknown>(texts);
      const isOwn = ({ message }: Frame) => wanted.has(message);
      for (const client of [one, two, reader]) {
        for (let arrived = 0; arrived < texts.length; arrived++) {
          await client.expect(
            `message ${arrived + 1} of ${texts.length}`,
            (f) => f.type === 'chat_message' && isOwn(f),
          );
        }
        await settled(client);
        mustBeContiguous(client.all('chat_message'));
        must(client.all('chat_message', isOwn).length === texts.length, 'each message once');
      }
    },
  ],
  [
    'W8',
    'a text of max_message_length code points is accepted, a longer one refused',
    async (kit) => {
      const [client, welcome] = await kit.hello({ username: kit.name('eva') });
      const { max_message_length: most } = welcome.limits as { max_message_length: number };
      if (most > 20_000) throw new Untried(`max_message_length is ${most}`);
      const text = kit.text().padEnd(most - 1, 'x');
      await refused(client, { client_id: kit.key(), message: `${text}\u{1f600}x` }, `${most + 1} code points`);
      await acknowledged(client, { client_id: kit.key(), message: `${text}\u{1f600}` });
    },
  ],
  [
    'V15',
    'a refusal has a code and the client_id',
    async (kit) => {
      const [client] = await kit.hello({ username: kit.name('eva') });
      const { code } = await refused(client, { client_id: kit.key(), message: '' }, 'an empty text');
      must(code === 'VALIDATION_ERROR', `VALIDATION_ERROR; came ${JSON.stringify(code)}`);
    },
  ],
);
