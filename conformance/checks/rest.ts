import { checks } from '../check';
import { must, Untried } from '../verdict';
import type { Kit } from '../kit';
import { mustHaveKeys, said, mustBeTime } from './expectations';

interface Listed {
  readonly id: number;
  readonly username: string;
  readonly message: string;
  readonly timestamp: string;
}

export const REST = checks(
  'http',
  [
    'H1',
    'GET /health answers',
    async (kit) => {
      const { status, body } = await kit.http('/health');
      must(status === 200 && typeof body === 'object', `200 with JSON; came ${status}`);
    },
  ],
  [
    'E3',
    'an unknown route is 404 as an ErrorResponse',
    async (kit) => {
      const { status, body } = await kit.http('/api/kit-unknown');
      must(status === 404, `404; came ${status}`);
      mustHaveKeys(body as object, ['error', 'message', 'code', 'timestamp']);
      const { code, timestamp } = body as { code: unknown; timestamp: unknown };
      must(code === 'NOT_FOUND', `NOT_FOUND; came ${JSON.stringify(code)}`);
      mustBeTime(timestamp);
    },
  ],
  [
    'M4',
    'GET /api/messages/recent has a message that was just said, last, with its form',
    async (kit) => {
      const text = await say(kit);
      const message = (await list(kit, '/api/messages/recent?limit=100')).find((one) => one.message === text);
      must(message !== undefined, 'the message');
      mustHaveKeys(message, ['id', 'username', 'message', 'timestamp']);
      must(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(message.timestamp), `seconds in ${message.timestamp}`);
    },
  ],
  [
    'M10',
    'ids are contiguous, and lists are oldest first',
    async (kit) => {
      for (let count = 0; count < 3; count++) await say(kit);
      const ids = (await list(kit, '/api/messages/recent?limit=50')).map(({ id }) => id);
      must(
        ids.every((id, i) => i === 0 || id === ids[i - 1]! + 1),
        `contiguous ids; came ${ids.join(', ')}`,
      );
    },
  ],
  [
    'M3',
    'after=<id> is a cursor: a gap can be fetched',
    async (kit) => {
      await say(kit);
      const newest = (await list(kit, '/api/messages/recent?limit=1'))[0]!.id;
      const ids = (await list(kit, `/api/messages?after=${newest - 1}&limit=1`)).map(({ id }) => id);
      must(ids.join() === String(newest), `the message ${newest}; came ${ids.join(', ')}`);
      const { status } = await kit.http('/api/messages?after=1&offset=1');
      must(status === 422, `422 for two cursors; came ${status}`);
    },
  ],
  [
    'M9',
    'a parameter out of range is 422',
    async (kit) => {
      for (const query of ['limit=0', 'limit=1001', 'limit=x', 'limit=', 'limit=1&limit=2', 'offset=-1']) {
        const { status } = await kit.http(`/api/messages?${query}`);
        must(status === 422, `422 for ${query}; came ${status}`);
      }
    },
  ],
  [
    'M6',
    'an unknown user is 200 with an empty list',
    async (kit) => {
      kit.needsNames();
      const found = await list(kit, `/api/messages/user/${kit.name('nobody')}`);
      must(found.length === 0, 'an empty list');
    },
  ],
  [
    'Q2',
    'POST /api/messages stores a message once under its Idempotency-Key',
    async (kit) => {
      const body = JSON.stringify({ ...author(kit), message: kit.text() });
      const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': kit.key() };
      const first = await kit.http('/api/messages', { method: 'POST', body, headers });
      if (first.status === 404) throw new Untried('the server does not accept messages over HTTP');
      must(first.status === 201, `201; came ${first.status}`);
      const again = await kit.http('/api/messages', { method: 'POST', body, headers });
      must(again.status === 200, `200 for the repeat; came ${again.status}`);
      must((again.body as Listed).id === (first.body as Listed).id, 'the same id');
    },
  ],
);

function author(kit: Kit): object {
  return kit.target.identity === undefined ? { username: kit.name('eva') } : {};
}

/** Sends a message, waits for its delivery and returns its text. */
async function say(kit: Kit): Promise<string> {
  const [client, text] = [await kit.v1(), kit.text()];
  client.send({ type: 'chat_message', username: kit.name('eva'), message: text });
  await client.expect('message', said(text));
  return text;
}

async function list(kit: Kit, path: string): Promise<Listed[]> {
  const { status, body } = await kit.http(path);
  must(status === 200, `200; came ${status}`);
  const { messages } = body as { messages?: Listed[] };
  must(Array.isArray(messages), 'a list of messages');
  return messages;
}
