import { Logger } from '@nestjs/common';
import { newChannel } from '../../../test/support/memory-channel';
import { LINES, LINES_WITHOUT_GAPS } from '../../../test/support/memory-sink';

beforeAll(() => {
  Logger.overrideLogger(false);
});

const firstId = (frames: Buffer) => Number(/^\d+/.exec(frames.toString())![0]);

it('ends pages at common boundaries and at the newest message', async () => {
  const { replay } = await newChannel({ stored: 600 });
  const ends: number[] = [];
  for (let at = 100; at < 600; at = ends.at(-1)!) {
    const page = await replay.page(LINES, at);
    expect(firstId(page.frames)).toBe(at + 1);
    ends.push(page.lastId);
  }
  expect(ends).toEqual([256, 512, 600]);
});

it('reads a page once for all readers at a cursor, and encodes it once per encoding', async () => {
  const { replay, messages } = await newChannel({ stored: 10 });
  const { reads } = messages;
  const pages = await Promise.all(Array.from({ length: 50 }, () => replay.page(LINES, 0)));
  expect(new Set(pages).size).toBe(1);
  expect(await replay.page(LINES, 0)).toBe(pages[0]);
  expect(messages.reads).toBe(reads + 1);
  await replay.page(LINES_WITHOUT_GAPS, 0);
  expect(messages.reads).toBe(reads + 2);
});

it('does not read messages that the feed has in memory', async () => {
  const { replay, messages, publish } = await newChannel({ stored: 5 });
  publish(5);
  const { reads } = messages;
  const { frames } = await replay.page(LINES, 5);
  expect(frames.toString()).toBe('6 6\n7 7\n8 8\n9 9\n10 10\n');
  expect(messages.reads).toBe(reads);
});

it('bounds a page in encoded bytes; a longer message is a page of its own', async () => {
  const { replay, messages } = await newChannel({ stored: 9 });
  const sizes = [100, 100, 100, 300, 1, 100, 100, 100, 1];
  for (const [i, size] of sizes.entries())
    messages.rows[i] = { ...messages.rows[i]!, message: 'x'.repeat(size * 1024) };
  const twice = {
    name: 'twice',
    messages: (batch: Parameters<typeof LINES.messages>[0]) => LINES.messages([...batch, ...batch]),
  };
  const ends = async (encoding: typeof twice) => {
    const lastIds = [0];
    while (lastIds.at(-1) !== 9) lastIds.push((await replay.page(encoding, lastIds.at(-1)!)).lastId);
    return lastIds.slice(1);
  };
  expect(await ends(LINES)).toEqual([2, 3, 4, 7, 9]);
  expect(await ends(twice)).toEqual([1, 2, 3, 4, 5, 6, 7, 9]);
});

it('rejects while the database is down or has a gap, and forgets the failure', async () => {
  const { replay, messages } = await newChannel({ stored: 5 });
  messages.isUp = false;
  await expect(replay.page(LINES, 0)).rejects.toThrow('no answer');
  messages.isUp = true;
  const [missing] = messages.rows.splice(2, 1);
  await expect(replay.page(LINES, 0)).rejects.toThrow('messages between 0 and 5 are missing');
  messages.rows.splice(2, 0, missing!);
  expect(await replay.page(LINES, 0)).toMatchObject({ lastId: 5 });
});
