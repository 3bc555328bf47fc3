import type { ServerFrame } from './frames.js';
import type { Store } from './store.js';

/** Who is present, after a frame that may say so. */
export function people(store: Store, frame: ServerFrame): void {
  let { users } = store.snapshot;
  let userCount: number;
  switch (frame.type) {
    case 'welcome':
    case 'presence':
      users = frame.users?.length === frame.user_count ? frame.users : undefined;
      userCount = frame.user_count;
      break;
    case 'user_joined':
    case 'user_left':
      // Where only the number is known, it is told by `presence`.
      if (!users) return;
      users = users.filter((user) => user !== frame.username);
      if (frame.type === 'user_joined') users = [...users, frame.username];
      userCount = users.length;
      break;
    default:
      return;
  }
  store.set({ users, userCount });
  store.emit('presence', { users, userCount });
}
