import { checks } from '../check';
import { must } from '../verdict';
import type { Client, Frame } from '../client';
import { mustHaveKeys, said, mustBeTime } from './expectations';

const SEVERAL = 8;

export const V1_MESSAGES = checks(
  'v1',
  [
    'W2',
    "a chat_message reaches every connection, the sender's included, with exactly the document's keys",
    async (kit) => {
      const [sender, reader] = [await kit.v1(), await kit.v1()];
      const [username, text] = [kit.name('eva'), kit.text()];
      sender.send({ type: 'chat_message', username, message: text });
      for (const client of [sender, reader]) {
        const frame = await client.expect('message', said(text));
        mustHaveKeys(frame, ['type', 'username', 'message', 'timestamp']);
        must(frame.username === username, `username ${username}; came ${JSON.stringify(frame.username)}`);
        mustBeTime(frame.timestamp);
      }
    },
  ],
  [
    'W3',
    'every connection receives the same messages in the same order, each once',
    async (kit) => {
      const clients = [await kit.v1(), await kit.v1(), await kit.v1()];
      const texts = Array.from({ length: 2 * SEVERAL }, () => kit.text());
      for (const [i, message] of texts.entries()) {
        clients[i % 2]!.send({ type: 'chat_message', username: kit.name(i % 2 ? 'max' : 'eva'), message });
      }
      const orders = [];
      for (const client of clients) orders.push((await own(client, texts)).join());
      must(new Set(orders).size === 1, 'the same order on all connections');
    },
  ],
  [
    'W13',
    "one client's messages are handled in the order sent",
    async (kit) => {
      const client = await kit.v1();
      const texts = Array.from({ length: SEVERAL }, () => kit.text());
      for (const message of texts) client.send({ type: 'chat_message', username: kit.name('eva'), message });
      must((await own(client, texts)).join() === texts.join(), 'the order sent');
    },
  ],
  [
    'W8',
    'a text is kept character for character',
    async (kit) => {
      const client = await kit.v1();
      const text = ` ${kit.text()}\n\t"\\ e\u0301 \u00e9 \u{1f600}\u{1f468}\u200d\u{1f469}\u200d\u{1f467} \u202eabc  `;
      client.send({ type: 'chat_message', username: kit.name('eva'), message: text });
      await client.expect('message with the same text', said(text));
    },
  ],
  [
    'W12',
    "a client's ping control frame is answered",
    async (kit) => {
      const client = await kit.v1();
      const answered = new Promise<boolean>((resolve) => {
        client.socket.once('pong', () => resolve(true));
        setTimeout(() => resolve(false), kit.target.timeoutMs).unref();
      });
      client.socket.ping();
      must(await answered, 'a pong control frame');
    },
  ],
  [
    'V1',
    'without a subprotocol v1 is spoken, and chat.v1 is the same by name',
    async (kit) => {
      const client = await kit.v1();
      must(client.socket.protocol === '', `no subprotocol; came "${client.socket.protocol}"`);
      const named = await kit.open(kit.target.socketUrl, ['chat.v1']).catch((error: unknown) => String(error));
      must(typeof named !== 'string', `chat.v1 to be accepted; ${named as string}`);
      must(named.socket.protocol === 'chat.v1', `the subprotocol chat.v1; came "${named.socket.protocol}"`);
    },
  ],
);

/** The texts in order of arrival; requires that each arrives exactly once. */
async function own(client: Client, texts: readonly string[]): Promise<unknown[]> {
  const wanted = new Set<unknown>(texts);
  const isOwn = ({ message }: Frame) => wanted.has(message);
  for (let arrived = 0; arrived < texts.length; arrived++) {
    await client.expect(
      `message ${arrived + 1} of ${texts.length}`,
      (frame) => frame.type === 'chat_message' && isOwn(frame),
    );
  }
  const order = client.all('chat_message', isOwn).map(({ message }) => message);
  must(new Set(order).size === order.length, 'each message once');
  return order;
}
