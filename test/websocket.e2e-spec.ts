import { connect } from 'node:net';
import { once } from 'node:events';
import { Clock } from '../src/platform/lifecycle/clock';
import { ChatClient } from './support/chat-client';
import { bodyOf, errorResponse, http, rawHttp } from './support/http';
import { startServer, type TestServer } from './support/server';

const TIMESTAMP = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
const GERMAN_ERROR = {
  type: 'error',
  message: expect.stringMatching(/^Ungültige Nachricht(: .+)?$/),
  timestamp: TIMESTAMP,
};

let server: TestServer;

async function storedTexts(): Promise<string[]> {
  const { body } = await http(`${server.url}/api/messages?limit=1000`);
  return (body as { messages: { message: string }[] }).messages.map(({ message }) => message);
}

/** Two v2 clients that keep sending frames that are not stored. Returns how to stop them. */
async function chatterOnV2(): Promise<() => Promise<void>> {
  const clients: ChatClient[] = [];
  for (const username of ['v2a', 'v2b']) clients.push((await ChatClient.hello(server, { username, after: 0 }))[0]);
  const chatter = setInterval(() => {
    for (const client of clients) {
      client.send({ type: 'typing' });
      client.send({ type: 'ping' });
      client.send({ type: 'hello' });
    }
  }, 5);
  return async () => {
    clearInterval(chatter);
    for (const client of clients) await client.close();
  };
}

describe.each(['alone', 'beside v2 traffic'])('chatting %s', (neighbours) => {
  let endChatter: (() => Promise<void>) | undefined;
  const start = async () => {
    server = await startServer();
    if (neighbours !== 'alone') endChatter = await chatterOnV2();
  };
  const stop = async () => {
    await endChatter?.();
    await server.stop();
  };

  describe('refused input', () => {
    beforeAll(start);
    afterAll(stop);

    it.each(['/', '/ws//', '/wss', '/ws/x', '/api/messages', '/ws%2f'])(
      '[W1] an upgrade on %s is a 404 ErrorResponse',
      async (path) => {
        const answer = await rawHttp(
          server.port,
          `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
            'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
        );
        expect(answer).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/);
        expect(bodyOf(answer)).toEqual(errorResponse('NOT_FOUND'));
      },
    );

    it('[W1] a handshake without a key is a 400 ErrorResponse', async () => {
      const answer = await rawHttp(
        server.port,
        'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n',
      );
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(bodyOf(answer)).toEqual(errorResponse('BAD_REQUEST'));
    });

    it('[W4] a binary frame of any content is answered with an error frame', async () => {
      const client = await ChatClient.open(server);
      client.socket.send(Buffer.from(JSON.stringify({ type: 'chat_message', username: 'a', message: 'b' })));
      expect(await client.next()).toEqual(GERMAN_ERROR);
      expect(await storedTexts()).toEqual([]);
    });

    it.each([
      [{ type: 'chat_message', message: 'x' }, 'username'],
      [{ type: 'chat_message', username: 'x' }, 'message'],
      [{ type: 'chat_message', username: 1, message: 'x' }, 'username'],
      [{ type: 'chat_message', username: 'x', message: null }, 'message'],
      [{ type: 'chat_message', username: 'x', message: { a: 1 } }, 'message'],
      [{ type: 'chat_message', username: 'x', message: 'x', timestamp: 1 }, 'timestamp'],
      [{ type: 'user_joined' }, 'username'],
      [{ type: 'user_joined', username: ['x'] }, 'username'],
    ])('[W5] %j is refused and names »%s«', async (frame, field) => {
      const client = await ChatClient.open(server);
      client.send(frame);
      expect(await client.next()).toEqual({ ...GERMAN_ERROR, message: expect.stringContaining(`»${field}«`) });
      expect(await storedTexts()).toEqual([]);
    });

    it.each([
      'gestern',
      '',
      '2024-02-30T00:00:00Z',
      '12:00',
      '1704110400',
      '2024-01-01T12:00:60Z',
      '2024'.padEnd(65, '0'),
    ])('[W6] timestamp %p is refused', async (timestamp) => {
      const client = await ChatClient.open(server);
      client.send({ type: 'chat_message', username: 'max', message: 'x', timestamp });
      expect(await client.next()).toEqual({ ...GERMAN_ERROR, message: expect.stringContaining('»timestamp«') });
    });

    it.each([
      ['', 'lang'],
      ['   ', 'lang'],
      ['x'.repeat(51), 'lang'],
      [' '.repeat(1000), 'lang'],
      ['a\u0000', 'unsichtbare'],
      ['a\u200bb', 'unsichtbare'],
      ['\ue000', 'unsichtbare'],
      ['\ud800', 'unsichtbare'],
      ['\u0378', 'unsichtbare'],
      ['\u2800', 'unsichtbare'],
      ['eva\u3164', 'unsichtbare'],
      ['a\ufe0f', 'unsichtbare'],
      ['eva\u2028admin', 'Leerzeichen'],
      ['eva\u00a0admin', 'Leerzeichen'],
      [`a${'\u0316'.repeat(49)}`, 'kombinierende'],
      ['\u0301eva', 'kombinierende'],
      ['.', '».«'],
      ['..', '».«'],
    ])('[W7] username %j is refused, and why: %s', async (username, why) => {
      const client = await ChatClient.open(server);
      client.sendMessage(username, 'x');
      client.send({ type: 'user_joined', username });
      const refused = { ...GERMAN_ERROR, message: expect.stringMatching(new RegExp(`»username« .*${why}`)) };
      expect(await client.nextFrames(2)).toEqual([refused, refused]);
      expect(await storedTexts()).toEqual([]);
    });

    it.each(['eva\u200d', 'e\u200cva', 'محمد\u200cرضا', '👨\u200d', '👨\u200d🍕', '😀\ufe0f', '🏴\u{e0067}\u{e007f}'])(
      '[W17] %j is refused: an invisible character without effect',
      async (username) => {
        const client = await ChatClient.open(server);
        client.sendMessage(username, 'x');
        expect(await client.next()).toEqual({ ...GERMAN_ERROR, message: expect.stringContaining('»username«') });
      },
    );

    const marks = '\u0301'.repeat(5_000) + '\u0316'.repeat(5_000);
    it.each([
      ['a name', { type: 'user_joined', username: marks }, '»username« muss 1 bis 50'],
      [
        'the name of a message',
        { type: 'chat_message', username: `a${marks}`, message: 'x' },
        '»username« muss 1 bis 50',
      ],
      ['a message', { type: 'chat_message', username: 'a', message: marks }, '»message« muss 1 bis 4000'],
      [
        'a timestamp',
        { type: 'user_joined', username: 'a', timestamp: `2024-01-01T12:00:00.${'1'.repeat(30_000)}Z` },
        '»timestamp« darf höchstens 64',
      ],
    ])('[W18] %s that is too long is refused by its length, without delay', async (_name, frame, text) => {
      const client = await ChatClient.open(server, '/ws', { maxPayload: 1 << 20 });
      const begun = performance.now();
      for (let i = 0; i < 100; i++) client.send(frame);
      const answers = await client.nextFrames(100);
      // Normalising a name of this length takes a tenth of a second.
      expect(performance.now() - begun).toBeLessThan(5_000);
      for (const answer of answers) expect(answer).toEqual({ ...GERMAN_ERROR, message: expect.stringContaining(text) });
    });

    it('[W18] a name on the URL that is too long is refused by its length', async () => {
      const name = encodeURIComponent('\u0301'.repeat(600) + '\u0316'.repeat(600));
      const client = await ChatClient.open(server, `/ws?username=${name}`);
      expect(await client.next()).toEqual({
        ...GERMAN_ERROR,
        message: expect.stringContaining('»username« muss 1 bis 50'),
      });
    });

    it.each([
      '',
      ' \n\t\u3000',
      '\u0085',
      '\u200b',
      '\u3164',
      '\u2800',
      '\uffa0\ufe0f',
      'x'.repeat(4001),
      '😀'.repeat(4001),
      'a\0b',
      '\udc00',
    ])('[W8] an invalid message is refused (%#)', async (message) => {
      const client = await ChatClient.open(server);
      client.sendMessage('max', message);
      expect(await client.next()).toEqual({ ...GERMAN_ERROR, message: expect.stringContaining('»message«') });
      expect(await storedTexts()).toEqual([]);
    });

    it('[W11] an oversized frame closes with 1009, other connections are unaffected', async () => {
      const [client, other] = [await ChatClient.open(server), await ChatClient.open(server)];
      client.send('x'.repeat(50_049));
      expect(await client.closed).toMatchObject({ code: 1009 });
      other.sendMessage('max', 'x');
      expect((await other.nextFrames(2)).map((frame) => frame.type)).toEqual(['user_joined', 'chat_message']);
    });

    it('[W11] invalid UTF-8 closes with 1007', async () => {
      const client = await ChatClient.open(server);
      client.socket.send(Buffer.from([0xff]), { binary: false });
      expect(await client.closed).toMatchObject({ code: 1007 });
    });

    it("[W12] a client's ping is answered", async () => {
      const client = await ChatClient.open(server);
      client.socket.ping('da?');
      const [data] = (await once(client.socket, 'pong')) as [Buffer];
      expect(data.toString()).toBe('da?');
    });

    it('[W14] an error frame has the document’s keys and the language of the handshake', async () => {
      const client = await ChatClient.open(server, '/ws', { headers: { 'accept-language': 'en' } });
      client.send('{');
      const frame = await client.next();
      expect(Object.keys(frame)).toEqual(['type', 'message', 'timestamp']);
      expect(frame).toEqual({ type: 'error', message: 'Invalid message: not valid JSON', timestamp: TIMESTAMP });
    });
  });

  describe('accepted names', () => {
    beforeAll(start);
    afterAll(stop);

    it.each([
      ['  max  ', 'max'],
      ['Ju\u0308rgen', 'Jürgen'],
      ['😀'.repeat(50), '😀'.repeat(50)],
      ['max   von  Muster', 'max von Muster'],
      ['ख़ाँ', 'ख़ाँ'.normalize('NFC')],
      ['मोहन', 'मोहन'],
    ])('[W7] username %p is stored and sent as %p', async (given, username) => {
      const client = await ChatClient.open(server);
      client.sendMessage(given, 'x');
      expect(await client.next()).toMatchObject({ type: 'user_joined', username });
      expect(await client.next()).toMatchObject({ type: 'chat_message', username });
      const { body } = await http(`${server.url}/api/messages/user/${encodeURIComponent(username)}`);
      expect(body).toMatchObject({ total_messages: 1 });
    });

    it.each(['علی\u200cرضا', 'ශ්\u200dරී', 'മോഹന്\u200d', '👨‍👩‍👧‍👦', '🇩🇪', '1️⃣', '❤️', '👩🏽‍🚀 eva', '🏴󠁧󠁢󠁳󠁣󠁴󠁿'])(
      '[W17] %s is a name',
      async (username) => {
        const client = await ChatClient.open(server);
        client.sendMessage(username, 'x');
        expect(await client.nextFrames(2)).toMatchObject([{ username }, { username, message: 'x' }]);
      },
    );
  });

  describe('accepted messages', () => {
    beforeAll(start);
    afterAll(stop);

    it('[W5] extra keys are ignored and not passed on', async () => {
      const client = await ChatClient.open(server);
      client.send({ type: 'chat_message', username: 'max', message: 'x', id: 7, admin: true });
      const frame = await client.nextOf('chat_message');
      expect(Object.keys(frame)).toEqual(['type', 'username', 'message', 'timestamp']);
    });

    it.each([
      '2024-01-01T12:00:00Z',
      '2024-01-01T12:00:00',
      '2024-01-01T13:00:00.123+01:00',
      '2024-01-01',
      '2016-12-31T23:59:60Z',
      '2024-01-01t12:00:00z',
      '2024-01-01T12:00:00.123456789Z',
    ])('[W6] timestamp %p is accepted and ignored', async (timestamp) => {
      const client = await ChatClient.open(server);
      client.send({ type: 'chat_message', username: 'max', message: 'x', timestamp });
      expect((await client.nextOf('chat_message')).timestamp).not.toMatch(/^2024/);
    });

    it.each(['  Leerraum bleibt \n', '😀'.repeat(4000), '\u0001\u200b\u202e', 'e\u0301', '"\\\u2028</script>'])(
      '[W8] a message is kept character for character (%#)',
      async (message) => {
        const client = await ChatClient.open(server, '/ws', { maxPayload: 1 << 20 });
        client.sendMessage('max', message);
        expect((await client.nextOf('chat_message')).message).toBe(message);
        expect((await storedTexts()).at(-1)).toBe(message);
      },
    );
  });

  describe('on a server of its own', () => {
    beforeEach(start);
    afterEach(stop);

    it('[W2] a message goes to everyone, the sender included, stamped by the server', async () => {
      jest.spyOn(server.app.get(Clock), 'now').mockReturnValue(Date.UTC(2024, 0, 1, 12, 0, 0, 500));
      const clients = [await ChatClient.open(server), await ChatClient.open(server)];
      clients[0]!.send({ type: 'chat_message', username: 'max', message: 'Hallo', timestamp: '1999-01-01T00:00:00Z' });
      for (const client of clients) {
        const frame = await client.nextOf('chat_message');
        const expected = { type: 'chat_message', username: 'max', message: 'Hallo', timestamp: '2024-01-01T12:00:00Z' };
        expect(JSON.stringify(frame)).toBe(JSON.stringify(expected));
      }
    });

    it('[W3] every connection sees messages in the order of id, with concurrent writers', async () => {
      const readers = await Promise.all(Array.from({ length: 5 }, () => ChatClient.open(server)));
      const writers = await Promise.all(Array.from({ length: 4 }, () => ChatClient.open(server)));
      writers.forEach((writer, w) => {
        for (let i = 0; i < 50; i++) writer.sendMessage(`w${w}`, `${w}/${i}`);
      });
      const seen = await Promise.all(
        readers.map(async (reader) => {
          const texts: unknown[] = [];
          while (texts.length < 200) texts.push((await reader.nextOf('chat_message')).message);
          return texts;
        }),
      );
      const stored = await storedTexts();
      expect(stored).toHaveLength(200);
      for (const texts of seen) expect(texts).toEqual(stored);
    });

    it.each([
      ['invalid JSON', '{"type":'],
      ['an empty text', ''],
      ['null', 'null'],
      ['an array', '[{"type":"chat_message"}]'],
      ['a number', '42'],
      ['no type', '{"username":"a","message":"b"}'],
      ['an unknown type', '{"type":"error","message":"x"}'],
      ['an internal event', '{"type":"invalid_frame"}'],
      ['a type other than a string', '{"type":["chat_message"]}'],
      ['an inherited name', '{"type":"toString"}'],
    ])('[W4] %s is answered with one error frame to the sender only', async (_name, text) => {
      const [client, other] = [await ChatClient.open(server), await ChatClient.open(server)];
      client.send(text);
      client.sendMessage('max', 'danach');
      const frames = await client.nextFrames(3);
      expect(frames).toEqual([
        GERMAN_ERROR,
        { type: 'user_joined', username: 'max', timestamp: TIMESTAMP },
        { type: 'chat_message', username: 'max', message: 'danach', timestamp: TIMESTAMP },
      ]);
      expect((await other.nextFrames(2)).map((frame) => frame.type)).toEqual(['user_joined', 'chat_message']);
      expect(await storedTexts()).toEqual(['danach']);
    });

    it('[W9] a join by frame, by URL or by the first message is sent to everyone', async () => {
      const reader = await ChatClient.open(server);
      const byFrame = await ChatClient.open(server);
      byFrame.send({ type: 'user_joined', username: 'frame' });
      const joined = { type: 'user_joined', username: 'frame', timestamp: TIMESTAMP };
      expect(await reader.next()).toEqual(joined);
      expect(await byFrame.next()).toEqual(joined);
      const byUrl = await ChatClient.open(server, '/ws?username=url%20name');
      expect(await byUrl.next()).toMatchObject({ type: 'user_joined', username: 'url name' });
      expect(await reader.next()).toMatchObject({ type: 'user_joined', username: 'url name' });
      byUrl.sendMessage('message', 'x');
      expect(await reader.nextFrames(2)).toMatchObject([
        { type: 'user_joined', username: 'message' },
        { type: 'chat_message', username: 'message' },
      ]);
    });

    it('[W9] a refused message is not a join, and an invalid name on the URL is answered', async () => {
      const client = await ChatClient.open(server, '/ws?username=%00');
      expect(await client.next()).toEqual(GERMAN_ERROR);
      client.sendMessage('max', '');
      client.sendMessage('eva', 'x');
      expect((await client.nextFrames(3)).map((frame) => frame.username)).toEqual([undefined, 'eva', 'eva']);
    });

    it('[W10] a further connection does not join again, the first after the last leave does', async () => {
      const reader = await ChatClient.open(server);
      const first = await ChatClient.open(server, '/ws?username=max');
      await first.next();
      const second = await ChatClient.open(server, '/ws?username=max');
      second.send({ type: 'user_joined', username: 'max' });
      second.sendMessage('max', 'x');
      expect((await second.next()).type).toBe('chat_message');
      await first.close();
      second.sendMessage('max', 'y');
      expect(await second.next()).toMatchObject({ type: 'chat_message', message: 'y' });
      const [watcher] = await ChatClient.hello(server);
      await second.close();
      await watcher.nextOf('user_left');
      const third = await ChatClient.open(server, '/ws?username=max');
      expect(await third.next()).toMatchObject({ type: 'user_joined', username: 'max' });
      expect((await reader.nextFrames(4)).map((frame) => frame.type)).toEqual([
        'user_joined',
        'chat_message',
        'chat_message',
        'user_joined',
      ]);
    });

    it("[W13] one client's frames are handled in the order sent, valid or not", async () => {
      const client = await ChatClient.open(server);
      const texts = Array.from({ length: 100 }, (_, i) => `n${i}`);
      for (const text of texts) {
        client.sendMessage('max', text);
        client.send({ type: 'user_joined', username: text });
      }
      const frames = await client.nextFrames(1 + 200);
      const named = (type: string, key: string) =>
        frames.filter((frame) => frame.type === type).map((frame) => frame[key]);
      expect(named('chat_message', 'message')).toEqual(texts);
      expect(named('user_joined', 'username')).toEqual(['max', ...texts]);
    });

    it('[W15] a 33rd name replaces the least recently used one', async () => {
      const [watcher] = await ChatClient.hello(server);
      const client = await ChatClient.open(server);
      const join = async (username: string) => {
        client.send({ type: 'user_joined', username });
        client.sendMessage('probe', username);
        const frames: string[] = [];
        for (;;) {
          const frame = await client.next();
          if (frame.type === 'chat_message') return frames;
          if (frame.username !== 'probe') frames.push(String(frame.username));
        }
      };
      for (let i = 0; i < 31; i++) expect(await join(`n${i}`)).toEqual([`n${i}`]);
      expect(await join('n0')).toEqual([]);
      expect(await join('one more')).toEqual(['one more']);
      expect(await join('n0')).toEqual([]);
      expect((await watcher.nextOf('user_left')).username).toBe('n1');
      expect(await join('n1')).toEqual(['n1']);
    });
  });
});

it('[W12] a silent connection is dropped after two pings, a responsive one is kept', async () => {
  server = await startServer({ HEARTBEAT_SECONDS: '1' });
  const alive = await ChatClient.open(server);
  const silent = connect(server.port, '127.0.0.1');
  silent.write(
    'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  let pings = 0;
  silent.on('data', (data: Buffer) => {
    // A ping without payload is exactly these two bytes.
    if (data.includes(Buffer.from([0x89, 0]))) pings++;
  });
  await once(silent, 'close');
  expect(pings).toBe(2);
  alive.sendMessage('max', 'noch da');
  expect(await alive.nextOf('chat_message')).toMatchObject({ message: 'noch da' });
  await server.stop();
});
