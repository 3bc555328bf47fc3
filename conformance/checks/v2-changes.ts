import { checks } from '../check';
import { must, Untried } from '../verdict';
import type { Client, Frame } from '../client';
import type { Kit } from '../kit';
import { acknowledged, answerTo, mustHaveKeys, settled } from './expectations';

export const V2_CHANGES = checks(
  'v2',
  [
    'N6',
    'an edit is acknowledged and broadcast as the whole new state',
    async (kit) => {
      const { author, id, text } = await edited(kit);
      const [reader] = await kit.hello();
      const [key, message] = [kit.key(), `${text}, edited`];
      author.send({ type: 'edit', client_id: key, id, message });
      const ack = await answer(author, key);
      mustHaveKeys(ack, ['type', 'client_id', 'id', 'change_id', 'timestamp']);
      for (const client of [author, reader]) {
        const frame = await client.expect('message_changed', (one) => one.change_id === ack.change_id && one !== ack);
        must(frame.id === id && frame.message === message, `the new text; came ${JSON.stringify(frame)}`);
        must('edited_at' in frame && 'username' in frame && 'timestamp' in frame, 'the whole state');
      }
    },
  ],
  [
    'N3',
    'a repeated change gets the first answer, and is broadcast once',
    async (kit) => {
      const { author, id, text } = await edited(kit);
      const frame = { type: 'edit', client_id: kit.key(), id, message: `${text}, edited` };
      author.send(frame);
      const first = await answer(author, frame.client_id);
      author.send(frame);
      const again = await answer(author, frame.client_id);
      must(again.change_id === first.change_id, `change ${JSON.stringify(first.change_id)} again`);
      await settled(author);
      const told = author.all('message_changed', (one) => one.change_id === first.change_id);
      must(told.length === 1, `it once; came ${told.length} times`);
    },
  ],
  [
    'N7',
    'a resume with after_change replays a missed change, once',
    async (kit) => {
      const { author, id, text } = await edited(kit);
      const { last_id: after, last_change_id: before } = await settled(author);
      const frame = { type: 'delete', client_id: kit.key(), id };
      author.send(frame);
      const ack = await answer(author, frame.client_id);
      const [reader] = await kit.hello({ after, after_change: before });
      const replayed = await reader.expectType('replayed');
      must(Number(replayed.last_change_id) >= Number(ack.change_id), 'last_change_id in replayed');
      const told = reader.all('message_changed', (one) => one.id === id);
      must(told.length === 1 && told[0]!.message === '', `the deletion of "${text}" once; came ${told.length}`);
      must('deleted_at' in told[0]!, 'deleted_at');
    },
  ],
);

/** A message that its author has edited once. */
async function edited(kit: Kit): Promise<{ author: Client; id: unknown; text: string }> {
  // Without authentication nobody owns a name, and nobody may change its messages.
  if (kit.target.identity === undefined) throw new Untried('takes an access token: messages belong to users');
  const [author] = await kit.hello({ username: kit.name('eva') });
  const [text, probe] = [kit.text(), kit.key()];
  const { id } = await acknowledged(author, { client_id: kit.key(), message: `${text}, first` });
  author.send({ type: 'edit', client_id: probe, id, message: text });
  // A server that does not know the frame answers without `client_id`.
  const { type, code } = await author.expect('answer to an edit', (one) => one.type === 'ack' || one.type === 'error');
  if (type !== 'ack') throw new Untried(`messages cannot be changed here: ${String(code)}`);
  return { author, id, text };
}

async function answer(client: Client, key: string): Promise<Frame> {
  const frame = await client.expect('answer to the change', answerTo(key));
  must(frame.type === 'ack', `an ack; came ${JSON.stringify(frame)}`);
  return frame;
}
