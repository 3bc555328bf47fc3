import { checks } from '../check';
import { must, Untried } from '../verdict';
import type { Kit } from '../kit';
import { about, acknowledged, pause, said, settled } from './expectations';

/** Grace period before `user_left` in ms, plus a margin for the network. */
const LEFT_MS = 2_500 + 1_000;

export const V2_PRESENCE = checks(
  'v2',
  [
    'V11',
    'welcome, user_joined and user_left report presence, each change once',
    async (kit) => {
      const username = await watchable(kit);
      const [observer] = await kit.hello();
      const [first] = await kit.hello({ username });
      await observer.expect('user_joined', about('user_joined', username));
      const [second, welcome] = await kit.hello({ username });
      must((welcome.users as unknown[]).includes(username), 'the user in welcome.users');
      await first.close();
      await second.close();
      await observer.expect('user_left', about('user_left', username));
      await settled(observer);
      const changes = observer.seen.filter((frame) => frame.username === username).map(({ type }) => type);
      must(changes.join() === 'user_joined,user_left', `one join and one leave; came ${changes.join(', ')}`);
    },
  ],
  [
    'V22',
    'a user who is back at once has neither left nor joined',
    async (kit) => {
      const username = await watchable(kit);
      const [observer] = await kit.hello();
      const [first] = await kit.hello({ username });
      await observer.expect('user_joined', about('user_joined', username));
      await first.close();
      await kit.hello({ username });
      await pause(LEFT_MS);
      await settled(observer);
      const changes = observer.seen.filter((frame) => frame.username === username).map(({ type }) => type);
      must(changes.join() === 'user_joined', `one join; came ${changes.join(', ')}`);
    },
  ],
  [
    'V12',
    'typing is sent to the others, at most once a second, and not to the sender',
    async (kit) => {
      kit.needsNames();
      const username = kit.name('eva');
      const [[client], [observer]] = [await kit.hello({ username }), await kit.hello()];
      for (let count = 0; count < 3; count++) client.send({ type: 'typing' });
      await observer.expect('typing', about('typing', username));
      const text = kit.text();
      await acknowledged(client, { client_id: kit.key(), message: text });
      await observer.expect('message', said(text));
      must(observer.all('typing', about('typing', username)).length === 1, 'one typing');
      must(client.all('typing', about('typing', username)).length === 0, 'no typing to the sender');
    },
  ],
);

/** A user whose joins and leaves are reported by name. */
async function watchable(kit: Kit): Promise<string> {
  kit.needsNames();
  const [, { users, user_count: count }] = await kit.hello();
  if ((users as unknown[]).length < (count as number)) throw new Untried('too many users to name each');
  return kit.name('eva');
}
