import { Kit } from './kit';
import type { Target } from './target';

/**
 * Learns the name that the access token allows.
 *
 * @throws Error with one line for people when no connection can be made, or it may not read
 */
export async function reach(target: Target): Promise<void> {
  const kit = new Kit(target);
  try {
    const client = await kit.open(target.socketUrl, ['chat.v2']).catch(() => kit.v1());
    if (client.socket.protocol !== 'chat.v2') return;
    client.send({ type: 'hello' });
    const answer = await client.expect('welcome', ({ type }) => type === 'welcome' || type === 'error');
    if (answer.type === 'error') throw new Error(`refused: ${String(answer.message)}; is CHAT_TOKEN needed, or wrong?`);
    if (target.authorization.Authorization === undefined || typeof answer.username !== 'string') return;
    target.identity = answer.username;
  } finally {
    kit.close();
  }
}
