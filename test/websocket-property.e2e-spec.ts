import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { anyText } from './support/any-text';
import { ChatClient, type Frame } from './support/chat-client';
import { errorResponse, http } from './support/http';
import { newDatabase } from './support/database';
import { ServerProcess } from './support/server-process';

// Thousands of generated frames, each answered.
jest.setTimeout(60_000);

/** Allowed growth of resident memory, in bytes, between the middle and the end of a run. */
const GROWTH = 40 * 1024 * 1024;

const keyword = fc.constantFrom('chat_message', 'user_joined', 'error', '', 'username');
const text = fc.oneof(anyText({ maxLength: 60 }), fc.string(), keyword);
const value = fc.oneof(text, fc.jsonValue(), fc.constant('x'.repeat(5000)));
const nearFrame = fc.record(
  {
    type: fc.oneof({ weight: 5, arbitrary: keyword }, { weight: 1, arbitrary: value }),
    username: value,
    message: value,
    timestamp: value,
  },
  { requiredKeys: [] },
);
const input = fc.oneof(
  { weight: 5, arbitrary: nearFrame.map((frame) => JSON.stringify(frame)) },
  { weight: 2, arbitrary: fc.json() },
  { weight: 1, arbitrary: text },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)) },
);

const v2Frame = fc.record(
  {
    type: fc.constantFrom('hello', 'chat_message', 'user_joined', 'typing', 'ping', 'ack', 'welcome'),
    client_id: fc.oneof(fc.constantFrom('a', 'b', 'c'), value),
    username: value,
    message: value,
    after: fc.oneof(fc.integer(), value),
    timestamp: fc.oneof(fc.constant('2024-01-01T12:00:00Z'), value),
  },
  { requiredKeys: [] },
);
const v2Input = fc.oneof(
  { weight: 3, arbitrary: v2Frame.map((frame) => JSON.stringify(frame)) },
  { weight: 1, arbitrary: input },
);

describe('arbitrary input', () => {
  let server: ServerProcess;
  beforeAll(async () => (server = await ServerProcess.start({ DATABASE_URL: await newDatabase() })));
  afterAll(() => server.stop());

  const residentBytes = () =>
    Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'))![1]) * 1024;

  it('[W16] each frame gets exactly one answer of the right form, and memory stays flat', async () => {
    const client = await ChatClient.open(server);
    client.sendMessage('marker', '0');
    await client.nextOf('chat_message');
    let count = 0;
    const answersTo = async (sent: string | Buffer): Promise<Frame[]> => {
      client.socket.send(sent);
      const marker = String(++count);
      client.sendMessage('marker', marker);
      const answers: Frame[] = [];
      for (;;) {
        const frame = await client.next();
        if (frame.username === 'marker' && frame.message === marker) return answers;
        answers.push(frame);
      }
    };
    const property = fc.asyncProperty(input, async (sent) => {
      const answers = await answersTo(sent);
      const replies = answers.filter((frame) => frame.type !== 'user_joined');
      for (const { type, ...rest } of answers) {
        const keys = type === 'chat_message' ? ['username', 'message'] : [type === 'error' ? 'message' : 'username'];
        expect(Object.keys(rest)).toEqual([...keys, 'timestamp']);
      }
      // A join is answered by its broadcast, or by nothing when the user is already present.
      expect(replies).toHaveLength(isJoin(sent) && replies.length === 0 ? 0 : 1);
    });
    await fc.assert(property, { numRuns: 700 });
    const middle = residentBytes();
    await fc.assert(property, { numRuns: 700 });
    expect(residentBytes() - middle).toBeLessThan(GROWTH);
    expect(server.child.exitCode).toBeNull();
    await client.close();
  });

  it('[V18] under v2 each frame gets its answer, and memory stays flat', async () => {
    const [client] = await ChatClient.hello(server, { username: 'v2 marker' });
    await client.next();
    let count = 0;
    const answersTo = async (sent: string | Buffer): Promise<Frame[]> => {
      client.socket.send(sent);
      const marker = `marker ${++count}`;
      client.sendV2Message(marker, marker);
      const answers: Frame[] = [];
      for (;;) {
        const frame = await client.next();
        if (frame.type === 'chat_message' && frame.message === marker) return answers;
        if (frame.client_id !== marker) answers.push(frame);
      }
    };
    const property = fc.asyncProperty(v2Input, async (sent) => {
      const answers = await answersTo(sent);
      const replies = answers.filter(({ type }) => ['error', 'ack', 'pong'].includes(type));
      const isQuiet = ['user_joined', 'typing'].includes(typeOf(sent)) && replies.length === 0;
      expect(replies).toHaveLength(isQuiet ? 0 : 1);
      const messages = answers.filter(({ type }) => type === 'chat_message');
      expect(messages.length).toBeLessThanOrEqual(replies[0]?.type === 'ack' ? 1 : 0);
      if (replies[0]?.type === 'error') {
        expect(Object.keys(replies[0]).slice(0, 4)).toEqual(['type', 'code', 'message', 'timestamp']);
      }
    });
    await fc.assert(property, { numRuns: 700 });
    const middle = residentBytes();
    await fc.assert(property, { numRuns: 700 });
    expect(residentBytes() - middle).toBeLessThan(GROWTH);
    await client.close();
  });

  it('[W16] each query string gets an answer of the right form', async () => {
    const route = fc.constantFrom('', '/recent', '/stats', '/user/max', '/user/%F0%9F%98%80');
    const name = fc.constantFrom('limit', 'offset', 'after', 'before', 'x', '__proto__', 'limit[]', 'constructor');
    const query = fc.array(fc.tuple(name, fc.oneof(fc.nat().map(String), text)), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(route, query, fc.boolean(), async (path, parameters, encode) => {
        const search = parameters
          .map(([key, given]) => `${key}=${encode ? encodeURIComponent(given.toWellFormed()) : given}`)
          .join('&');
        const answer = await http(`${server.url}/api/messages${path}?${search}`);
        if (answer.status === 200) return;
        expect([400, 422]).toContain(answer.status);
        expect(answer.body).toEqual(errorResponse(answer.status === 400 ? 'BAD_REQUEST' : 'VALIDATION_ERROR'));
      }),
      { numRuns: 400 },
    );
    expect((await http(`${server.url}/health`)).status).toBe(200);
  });
});

function isJoin(sent: string | Buffer): boolean {
  return typeOf(sent) === 'user_joined';
}

function typeOf(sent: string | Buffer): string {
  if (typeof sent !== 'string') return '';
  try {
    return String((JSON.parse(sent) as { type?: unknown } | null)?.type);
  } catch {
    return '';
  }
}
