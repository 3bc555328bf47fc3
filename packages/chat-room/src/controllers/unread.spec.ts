import { Memory } from '../memory/storage.js';
import { Unread } from './unread.js';

describe('Unread', () => {
  const memory = new Memory('localStorage', 'nowhere');
  let told: number[];
  let unread: Unread;
  beforeEach(() => {
    told = [];
    unread = new Unread(memory, (count) => told.push(count));
    unread.opened(10);
  });

  it('counts what others write while nobody looks, below one divider', () => {
    unread.arrived(11, false, false);
    unread.arrived(12, true, false);
    unread.arrived(13, false, false);
    expect(unread).toMatchObject({ count: 2, firstNew: 11 });
    unread.read(13);
    expect(unread).toMatchObject({ count: 0, firstNew: 11 });
    unread.arrived(14, false, true);
    unread.arrived(15, false, false);
    expect(unread).toMatchObject({ count: 1, firstNew: 15 });
    expect(told).toEqual([1, 2, 0, 1]);
  });

  it('takes the divider away when the reader answers', () => {
    unread.arrived(11, false, false);
    unread.read(11);
    unread.answered();
    expect(unread.firstNew).toBeUndefined();
  });
});
