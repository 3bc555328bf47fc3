import { checks } from '../check';
import { must } from '../verdict';
import { about, mustHaveKeys, said, mustBeTime } from './expectations';

export const V1_NAMES = checks(
  'v1',
  [
    'W7',
    'a username is trimmed, its spaces are collapsed, and it is normalised to NFC',
    async (kit) => {
      kit.needsNames();
      const client = await kit.v1();
      const [name, text] = [kit.name('e'), kit.text()];
      client.send({ type: 'chat_message', username: `  ${name}\u0301   x `, message: text });
      const { username } = await client.expect('message', said(text));
      const wanted = `${name}\u0301 x`.normalize('NFC');
      must(username === wanted, `${JSON.stringify(wanted)}; came ${JSON.stringify(username)}`);
    },
  ],
  [
    'W7',
    'names that are too long, empty, invisible or misleading are refused',
    async (kit) => {
      kit.needsNames();
      const client = await kit.v1();
      const faults = [
        '',
        '   ',
        '.',
        '..',
        'k'.repeat(51),
        'a\u0007b',
        'a\u200bb',
        'a\u202eb',
        'a\tb',
        '\u0301a',
        'a\ud800',
      ];
      for (const username of faults) {
        client.send({ type: 'chat_message', username, message: kit.text() });
        await client.expect(`error for the name ${JSON.stringify(username)}`, ({ type }) => type === 'error');
      }
      const text = kit.text();
      client.send({ type: 'chat_message', username: kit.name('eva'), message: text });
      await client.expect('message afterwards', said(text));
      must(client.all('error').length === faults.length, 'one error for each');
    },
  ],
  [
    'W9',
    'user_joined is sent to everyone after the frame user_joined',
    async (kit) => {
      kit.needsNames();
      const [client, other] = [await kit.v1(), await kit.v1()];
      client.send({ type: 'user_joined', username: kit.name('eva') });
      for (const one of [client, other]) {
        const frame = await one.expect('user_joined', about('user_joined', kit.name('eva')));
        mustHaveKeys(frame, ['type', 'username', 'timestamp']);
        mustBeTime(frame.timestamp);
      }
    },
  ],
  [
    'W9',
    'user_joined is sent to everyone for ?username= of the address',
    async (kit) => {
      kit.needsNames();
      const other = await kit.v1();
      await kit.v1(`?username=${encodeURIComponent(kit.name('eva'))}`);
      await other.expect('user_joined', about('user_joined', kit.name('eva')));
    },
  ],
  [
    'W9',
    "user_joined precedes a user's first message",
    async (kit) => {
      kit.needsNames();
      const [client, other] = [await kit.v1(), await kit.v1()];
      const text = kit.text();
      client.send({ type: 'chat_message', username: kit.name('eva'), message: text });
      await other.expect('message', said(text));
      must(other.all('user_joined', about('user_joined', kit.name('eva'))).length === 1, 'one user_joined before it');
    },
  ],
  [
    'W10',
    'a further connection of a present user is not a join',
    async (kit) => {
      kit.needsNames();
      const [first, second] = [await kit.v1(), await kit.v1()];
      const text = kit.text();
      first.send({ type: 'user_joined', username: kit.name('eva') });
      await second.expect('user_joined', about('user_joined', kit.name('eva')));
      second.send({ type: 'user_joined', username: kit.name('eva') });
      second.send({ type: 'chat_message', username: kit.name('eva'), message: text });
      await first.expect('message', said(text));
      must(first.all('user_joined', about('user_joined', kit.name('eva'))).length === 1, 'one user_joined');
    },
  ],
);
