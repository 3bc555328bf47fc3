import type { Message } from '../api.js';
import { rowsOf } from './rows.js';

const NOON = new Date(2026, 10, 27, 12, 0).getTime();
const message = (id: number, username: string, time: number, isVerified = false): Message => ({
  id,
  username,
  text: '',
  time,
  isVerified,
});

describe('rowsOf', () => {
  it('groups by author and minute, and begins anew on another day', () => {
    const rows = rowsOf([
      message(1, 'eva', NOON),
      message(2, 'eva', NOON + 59_000),
      message(3, 'eva', NOON + 60_000),
      message(4, 'max', NOON + 60_000),
      message(5, 'max', NOON + 86_400_000),
    ]);
    expect(rows.map(({ beginsGroup }) => beginsGroup)).toEqual([true, false, true, true, true]);
    expect(rows.map(({ beginsDay }) => beginsDay)).toEqual([true, false, false, false, true]);
  });

  it('separates an authenticated author from somebody with the same name', () => {
    const rows = rowsOf([message(1, 'eva', NOON, true), message(2, 'eva', NOON)]);
    expect(rows.map(({ beginsGroup }) => beginsGroup)).toEqual([true, true]);
  });

  it('begins anew below the divider', () => {
    const [first, second] = rowsOf([message(2, 'eva', NOON), message(3, 'eva', NOON)], 3);
    expect(first).toMatchObject({ beginsDay: true, beginsGroup: true, isFirstNew: false });
    expect(second).toMatchObject({ beginsDay: false, beginsGroup: true, isFirstNew: true });
  });
});
