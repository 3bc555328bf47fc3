import { checks } from '../check';
import { must, Untried } from '../verdict';
import { acknowledged, mustBeContiguous, said, settled } from './expectations';

export const V2_FEED = checks(
  'v2',
  [
    'V2',
    'hello is answered by welcome before anything else; a second hello is an error',
    async (kit) => {
      const [client, welcome] = await kit.hello({ username: kit.name('eva') });
      must(client.seen[0] === welcome, `welcome first; came ${JSON.stringify(client.seen[0])}`);
      must(welcome.username === kit.name('eva'), `the username; came ${JSON.stringify(welcome.username)}`);
      const wanted = ['connection_id', 'last_id', 'users', 'user_count', 'limits', 'heartbeat_seconds'];
      const lacking = wanted.filter((key) => !(key in welcome));
      must(lacking.length === 0, `${lacking.join(', ')} in welcome`);
      client.send({ type: 'hello' });
      const error = await client.expectType('error');
      must(error.code === 'VALIDATION_ERROR', `VALIDATION_ERROR; came ${JSON.stringify(error.code)}`);
    },
  ],
  [
    'V2',
    'a connection receives nothing before its first frame',
    async (kit) => {
      const silent = await kit.v2();
      const [client] = await kit.hello({ username: kit.name('eva') });
      await acknowledged(client, { client_id: kit.key(), message: kit.text() });
      silent.send({ type: 'hello' });
      const welcome = await silent.expectType('welcome');
      must(silent.seen[0] === welcome, `welcome first; came ${JSON.stringify(silent.seen[0])}`);
    },
  ],
  [
    'V7',
    'hello {after} replays later messages, then sends replayed, then new messages, without a gap or a repeat',
    async (kit) => {
      const [writer, { last_id: after }] = await kit.hello({ username: kit.name('eva') });
      for (let count = 0; count < 5; count++) await acknowledged(writer, { client_id: kit.key(), message: kit.text() });
      const [reader] = await kit.hello({ after });
      const text = kit.text();
      await acknowledged(writer, { client_id: kit.key(), message: text });
      await reader.expectType('replayed');
      if (reader.all('chat_message', said(text)).length === 0) await reader.expect('new message', said(text));
      await settled(reader);
      const messages = reader.all('chat_message');
      must(
        messages[0]!.id === (after as number) + 1,
        `${Number(after) + 1} first; came ${JSON.stringify(messages[0]!.id)}`,
      );
      mustBeContiguous(messages);
    },
  ],
  [
    'V8',
    'a client more than replay_limit behind gets a gap',
    async (kit) => {
      const [, { last_id: lastId, limits }] = await kit.hello();
      const { replay_limit: most } = limits as { replay_limit: number };
      if ((lastId as number) <= most) throw new Untried(`the chat has no more than ${most} messages`);
      const [client] = await kit.hello({ after: 0 });
      const { type, from, to } = await client.expect('gap', () => true);
      must(type === 'gap' && from === 1 && Number(to) >= 1, `a gap from 1; came ${type} from ${JSON.stringify(from)}`);
    },
  ],
  [
    'V13',
    'pong has the id of the newest message that this connection was sent',
    async (kit) => {
      const [client, welcome] = await kit.hello({ username: kit.name('eva') });
      for (let count = 0; count < 3; count++) {
        await acknowledged(client, { client_id: kit.key(), message: kit.text() });
        const pong = await settled(client);
        const newest = client.all('chat_message').at(-1)?.id ?? welcome.last_id;
        must(pong.last_id === newest, `last_id ${JSON.stringify(newest)}; came ${JSON.stringify(pong.last_id)}`);
      }
    },
  ],
  [
    'N8',
    'under another epoch the ids of a client are ignored',
    async (kit) => {
      const [, { epoch }] = await kit.hello({ epoch: '' });
      must(typeof epoch === 'string' && epoch !== '', `an epoch in welcome; came ${JSON.stringify(epoch)}`);
      const [writer, { last_id: after }] = await kit.hello({ username: kit.name('eva') });
      await acknowledged(writer, { client_id: kit.key(), message: kit.text() });
      const [reader, welcome] = await kit.hello({ epoch: 'kit-another', after });
      await settled(reader);
      const replayed = reader.all('chat_message').filter(({ id }) => (id as number) <= (welcome.last_id as number));
      must(replayed.length === 0, `no replay; came ${replayed.length} messages`);
    },
  ],
  [
    'V1',
    'a message sent over v2 reaches a v1 connection in the form of v1',
    async (kit) => {
      const [[client], plain] = [await kit.hello({ username: kit.name('eva') }), await kit.v1()];
      const text = kit.text();
      await acknowledged(client, { client_id: kit.key(), message: text });
      const frame = await plain.expect('message', said(text));
      must(!('id' in frame), 'no id under v1');
    },
  ],
);
