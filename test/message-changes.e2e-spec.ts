import { Clock } from '../src/platform/lifecycle/clock';
import { Metrics } from '../src/platform/metrics/metrics';
import { readSettings } from '../src/settings/load-settings';
import { createStorage } from '../src/storage/create-storage';
import type { ChangeRequest } from '../src/storage/message-change';
import type { MessageWriter } from '../src/storage/message-writer';
import type { Storage } from '../src/storage/storage';
import type { NewMessage } from '../src/storage/stored-message';
import { newDatabase, rowsOf } from './support/database';

/** The contract of `MessageWriter` for changes, on every kind of database. */

const MAX = 1;
const EVA = 2;

let database: string;
let storage: Storage;
let writer: MessageWriter;

beforeEach(async () => {
  database = await newDatabase();
  storage = createStorage(readSettings({ DATABASE_URL: database }));
  await (await storage.openWritable()).destroy();
  writer = storage.createWriter(new Clock(), new Metrics());
  await writer.start();
});

afterEach(async () => {
  await writer.stop();
  storage.release();
});

function said(authorId: number | undefined, message: string, clientId?: string): NewMessage {
  return { username: authorId === EVA ? 'eva' : 'max', message, createdAt: 1_000, clientId, authorId };
}

function byAuthor(authorId: number, messageId: number, rest: Partial<ChangeRequest> = {}): ChangeRequest {
  const by = authorId === EVA ? 'eva' : 'max';
  return { messageId, authorId, by, isModerator: false, changeableSince: 0, at: 2_000, ...rest };
}

function byModerator(messageId: number, rest: Partial<ChangeRequest> = {}): ChangeRequest {
  return { messageId, by: 'mod', isModerator: true, changeableSince: 0, at: 3_000, ...rest };
}

async function change(...requests: ChangeRequest[]) {
  return (await writer.append([], requests)).changes;
}

it('[N1] an edit stores the newest text, a deletion leaves a row without one, and ids of changes are contiguous', async () => {
  await writer.append([said(MAX, 'eins'), said(EVA, 'zwei'), said(undefined, 'drei')]);
  expect(await change(byAuthor(MAX, 1, { text: 'EINS' }), byAuthor(EVA, 2), byAuthor(MAX, 1, { text: '1' }))).toEqual([
    {
      changed: {
        id: 1,
        username: 'max',
        message: 'EINS',
        createdAt: 1_000,
        authorId: MAX,
        changeId: 1,
        editedAt: 2_000,
      },
    },
    {
      changed: {
        id: 2,
        username: 'eva',
        message: '',
        createdAt: 1_000,
        authorId: EVA,
        changeId: 2,
        deletedAt: 2_000,
        deletedBy: 'eva',
      },
    },
    {
      changed: { id: 1, username: 'max', message: '1', createdAt: 1_000, authorId: MAX, changeId: 3, editedAt: 2_000 },
    },
  ]);
  expect(await rowsOf(database, 'SELECT id, message, change_id FROM messages ORDER BY id')).toEqual([
    { id: 1, message: '1', change_id: 3 },
    { id: 2, message: '', change_id: 2 },
    { id: 3, message: 'drei', change_id: null },
  ]);
  expect(await rowsOf(database, 'SELECT id, message_id FROM changes ORDER BY id')).toEqual([
    { id: 1, message_id: 1 },
    { id: 2, message_id: 2 },
    { id: 3, message_id: 1 },
  ]);
});

it('[N1] messages and changes of one batch are one transaction, and a message may be changed in its own batch', async () => {
  const appended = await writer.append([said(MAX, 'eins', 'a')], [byAuthor(MAX, 1, { text: 'zwei' })]);
  expect(appended).toMatchObject({
    firstId: 1,
    repeats: [],
    changes: [{ changed: { id: 1, message: 'zwei', changeId: 1 } }],
  });
});

it('[N2] only the author edits, authors delete within their time, moderators delete any and edit none', async () => {
  await writer.append([said(MAX, 'eins'), said(undefined, 'zwei')]);
  const outcomes = await change(
    byAuthor(EVA, 1, { text: 'x' }),
    byAuthor(EVA, 1),
    byAuthor(MAX, 2, { text: 'x' }),
    byAuthor(MAX, 3),
    byAuthor(MAX, 1, { text: 'x', changeableSince: 1_001 }),
    byAuthor(MAX, 1, { changeableSince: 1_001 }),
    byModerator(1, { text: 'x' }),
    { ...byAuthor(MAX, 1, { text: 'x' }), authorId: undefined },
  );
  expect(outcomes).toEqual(
    [
      'message_not_yours',
      'message_not_yours',
      'message_not_yours',
      'message_unknown',
      'edit_window_over',
      'edit_window_over',
      'message_not_yours',
      'message_not_yours',
    ].map((refused) => ({ refused })),
  );
  expect(await rowsOf(database, 'SELECT * FROM changes')).toEqual([]);
  expect(await rowsOf(database, 'SELECT * FROM moderation_log')).toEqual([]);
  const deleted = await change(
    byModerator(1, { reason: 'Spam', changeableSince: 9_999 }),
    byModerator(2),
    byAuthor(MAX, 1, { text: 'x' }),
  );
  expect(deleted).toMatchObject([
    { changed: { message: '', deletedBy: 'mod' } },
    { changed: { message: '' } },
    { refused: 'message_deleted' },
  ]);
  expect(
    await rowsOf(database, 'SELECT moderator, action, username, message_id, reason FROM moderation_log ORDER BY id'),
  ).toEqual([
    { moderator: 'mod', action: 'delete', username: 'max', message_id: 1, reason: 'Spam' },
    { moderator: 'mod', action: 'delete', username: 'max', message_id: 2, reason: null },
  ]);
});

it('[N3] a repeat under an idempotency key gets the first answer, also after further changes and deletion', async () => {
  await writer.append([said(MAX, 'eins', 'm')]);
  const first = byAuthor(MAX, 1, { text: 'zwei', clientId: 'a', at: 5_000 });
  await change(first, byAuthor(MAX, 1, { text: 'drei', clientId: 'b' }));
  const repeat = { repeat: { changeId: 1, at: 5_000 } };
  expect(await change({ ...first, at: 6_000 })).toEqual([repeat]);
  await change(byModerator(1));
  expect(await change(first, first)).toEqual([repeat, repeat]);
  expect(await change(byModerator(1, { at: 9_000 }))).toEqual([{ repeat: { changeId: 3, at: 3_000 } }]);
  // The deleted message's own key still answers as before.
  expect(await writer.append([said(MAX, 'eins', 'm')])).toMatchObject({ repeats: [{ index: 0, id: 1 }] });
});

it('[N3] a key that stands for something else is refused, whether for a message or for a change', async () => {
  await writer.append([said(MAX, 'eins', 'm'), said(MAX, 'zwei')]);
  await change(byAuthor(MAX, 1, { text: 'x', clientId: 'a' }));
  expect(
    await change(
      byAuthor(MAX, 1, { text: 'y', clientId: 'm' }),
      byAuthor(MAX, 1, { text: 'y', clientId: 'a' }),
      byAuthor(MAX, 2, { text: 'x', clientId: 'a' }),
    ),
  ).toEqual(Array(3).fill({ refused: 'client_id_taken' }));
  expect(await writer.append([said(MAX, 'x', 'a'), said(MAX, 'eins', 'm')])).toEqual({
    firstId: 3,
    repeats: [{ index: 1, id: 1, createdAt: 1_000 }],
    taken: [0],
  });
});

it('[N3] a deletion under the key of an edit is refused while the message has its text', async () => {
  await writer.append([said(MAX, 'eins')]);
  const edit = byAuthor(MAX, 1, { text: 'zwei', clientId: 'a' });
  const deletion = byAuthor(MAX, 1, { clientId: 'a' });
  const taken = { refused: 'client_id_taken' };
  expect(await change(edit, deletion)).toMatchObject([{ changed: { message: 'zwei' } }, taken]);
  await change(byAuthor(MAX, 1, { text: 'drei' }));
  expect(await change(deletion)).toEqual([taken]);
  await change(byAuthor(MAX, 1));
  // The message is deleted by now, as requested.
  expect(await change(deletion)).toMatchObject([{ repeat: {} }]);
});

it('[N4] idempotency keys are those of the author, whatever the name; without identities those of the name', async () => {
  const named = (username: string, authorId?: number): NewMessage => ({ ...said(authorId, 'x', 'k'), username });
  expect(await writer.append([named('max', MAX), named('max'), named('max', EVA), named('moritz', MAX)])).toEqual({
    firstId: 1,
    repeats: [{ index: 3, id: 1, createdAt: 1_000 }],
  });
  expect(await writer.append([named('moritz', MAX), named('max'), named('eva', EVA), named('eva')])).toEqual({
    firstId: 4,
    repeats: [
      { index: 0, id: 1, createdAt: 1_000 },
      { index: 1, id: 2, createdAt: 1_000 },
      { index: 2, id: 3, createdAt: 1_000 },
    ],
  });
});

it('[N5] counters follow changes: a tombstone counts as a message of length 0', async () => {
  const many = Array.from({ length: 2_500 }, (_, i) => said(MAX, `text ${i}`));
  await writer.append(many);
  await writer.append([said(MAX, 'neu')]);
  const requests = [1, 2, 2_501].map((id) => byModerator(id));
  await change(...requests, byAuthor(MAX, 3, { text: 'ein viel längerer Text 😀' }));
  await writer.append(many);
  await writer.stop();
  const sums = 'SELECT count(*) AS messages, sum(length(message)) AS "codePoints" FROM messages WHERE id <=';
  const [totals] = await rowsOf(database, 'SELECT messages, code_points AS "codePoints" FROM stats_totals');
  const covered = totals!.messages as number;
  expect(covered).toBeGreaterThan(2_000);
  const counted = await rowsOf(database, `${sums} ${covered}`);
  expect([Number(counted[0]!.messages), Number(counted[0]!.codePoints)]).toEqual([covered, totals!.codePoints]);
  await writer.start();
});
