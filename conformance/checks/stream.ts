import { checks } from '../check';
import { must, Untried } from '../verdict';
import { acknowledged } from './expectations';

export const STREAM = checks(
  'v2',
  [
    'F1',
    'a message is on the event stream at once, with its id and the v2 frame',
    async (kit) => {
      const [client, { last_id: after }] = await kit.hello({ username: kit.name('eva') });
      const stream = await kit.stream(`/api/messages/stream?after=${after as number}`);
      const type = stream.answer.headers.get('content-type') ?? '';
      must(type.startsWith('text/event-stream'), `text/event-stream; came ${type}`);
      const text = kit.text();
      const { id } = await acknowledged(client, { client_id: kit.key(), message: text });
      const event = await stream.expect('message', ({ data }) => data.includes(text));
      must(event.event === 'chat_message', `event: chat_message; came ${event.event}`);
      must(event.id.split('-')[0] === String(id), `id ${JSON.stringify(id)}; came ${event.id}`);
      must((JSON.parse(event.data) as { id: unknown }).id === id, 'the v2 frame as data');
    },
  ],
  [
    'F2',
    'Last-Event-ID resumes, before ?after=, without a gap or a repeat',
    async (kit) => {
      const [client, { last_id: after }] = await kit.hello({ username: kit.name('eva') });
      for (let count = 0; count < 3; count++) await acknowledged(client, { client_id: kit.key(), message: kit.text() });
      const text = kit.text();
      const { id: last } = await acknowledged(client, { client_id: kit.key(), message: text });
      const headers = { 'Last-Event-ID': String((after as number) + 1) };
      const stream = await kit.stream(`/api/messages/stream?after=${after as number}`, headers);
      for (let id = (after as number) + 2; id <= (last as number); id++) {
        const event = await stream.expect(`message ${id}`, ({ event: type }) => type === 'chat_message');
        must(event.id.split('-')[0] === String(id), `id ${id}; came ${event.id}`);
      }
    },
  ],
  [
    'F4',
    'an empty Last-Event-ID counts as absent',
    async (kit) => {
      const [client, { last_id: after }] = await kit.hello({ username: kit.name('eva') });
      const text = kit.text();
      await acknowledged(client, { client_id: kit.key(), message: text });
      const stream = await kit.stream(`/api/messages/stream?after=${after as number}`, { 'Last-Event-ID': '' });
      await stream.expect('message', ({ data }) => data.includes(text));
    },
  ],
  [
    'F3',
    'a comment line is sent every heartbeat, and reaches the reader',
    async (kit) => {
      const { idleSeconds } = kit.target;
      const [, { heartbeat_seconds: beat }] = await kit.hello();
      if (idleSeconds < Number(beat)) throw new Untried(`takes --idle ${Number(beat) + 1} or more`);
      const stream = await kit.stream('/api/messages/stream');
      must(await stream.hasComment(idleSeconds * 1000), `a comment line within ${idleSeconds} s`);
    },
  ],
);
