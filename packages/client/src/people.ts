import type { ServerFrame } from './frames.js';
import type { Store } from './store.js';

/** Updates presence from a frame that carries it. */
export function people(store: Store, frame: ServerFrame): void {
  let { users } = store.get();
  let userCount: number;
  if ('user_count' in frame) {
    userCount = frame.user_count;
    users = frame.users?.length === userCount ? frame.users : undefined;
    // While only the count is known, `presence` frames alone update it.
  } else if (users && /^user_/.test(frame.type)) {
    const { type, username } = frame as { type: string; username: string };
    users = users.filter((user) => user !== username);
    if (type === 'user_joined') users = [...users, username];
    userCount = users.length;
  } else return;
  store.set({ users, userCount }, 'presence');
}
