import { ChatClient, type Frame } from './chat-client';
import { tokenOf } from './tokens';

export const MODERATOR = ['chat-moderator'];

/** A v2 client after its `welcome`. */
export async function join(
  server: { readonly port: number },
  name: string,
  hello: object = {},
  roles: readonly string[] = [],
) {
  const [client, welcome] = await ChatClient.hello(server, { token: tokenOf({ sub: name, roles }), ...hello });
  expect(welcome).toMatchObject({ type: 'welcome', username: name });
  return { client, welcome };
}

let keys = 0;

export async function say(client: ChatClient, ...texts: string[]): Promise<number[]> {
  const ids: number[] = [];
  for (const text of texts) {
    client.sendV2Message(`m${keys++}`, text);
    ids.push((await client.nextOf('ack')).id as number);
  }
  return ids;
}

/** Sends an edit or deletion and returns the answer, which precedes the change itself. */
export async function change(client: ChatClient, frame: { type: 'edit' | 'delete'; id: number; message?: string }) {
  const clientId = `c${keys++}`;
  client.send({ client_id: clientId, ...frame });
  for (;;) {
    const answer = await client.next();
    if (answer.client_id === clientId) return answer;
  }
}

export const edit = (client: ChatClient, id: number, message: string) => change(client, { type: 'edit', id, message });
export const remove = (client: ChatClient, id: number) => change(client, { type: 'delete', id });

/** Messages and changes up to `replayed`, for a client that has just sent `hello`. */
export async function replayOf(client: ChatClient): Promise<{ frames: Frame[]; replayed: Frame }> {
  const frames: Frame[] = [];
  for (;;) {
    const frame = await client.next();
    if (frame.type === 'replayed') return { frames, replayed: frame };
    if (frame.type === 'chat_message' || frame.type === 'message_changed') frames.push(frame);
  }
}
