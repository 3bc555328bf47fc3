import { setTimeout as delay } from 'node:timers/promises';
import { Client, type ServerAddress } from './client';
import { clientFrame, OPCODE } from './frames';

export interface ResumingResult {
  readonly seconds: number;
  /** Number of `message_changed` frames. */
  readonly changes: number;
}

const TIMEOUT_MS = 60_000;
/** Offset of a frame's type, after `{"type":"`: only `message_changed` begins with `m`, only `replayed` with `r`. */
const TYPE_AT = 9;
const [M, R] = [0x6d, 0x72];

/** One client that resumes with every message but none of their changes. */
export async function resuming(server: ServerAddress, { after }: { readonly after: number }): Promise<ResumingResult> {
  const client = await Client.open({ ...server, dialect: 'chatV2' });
  let changes = 0;
  const progress = { isOver: false };
  client.listener = {
    text: (bytes, start) => {
      const type = bytes[start + TYPE_AT];
      if (type === M) changes++;
      else if (type === R) progress.isOver = true;
    },
    read: () => undefined,
  };
  try {
    const begin = performance.now();
    client.send(clientFrame(OPCODE.text, Buffer.from(JSON.stringify({ type: 'hello', after, after_change: 0 }))));
    while (!progress.isOver) {
      if (client.failure !== undefined) throw new Error(client.failure);
      if (performance.now() > begin + TIMEOUT_MS) throw new Error(`only ${changes} changes came in time`);
      await delay(1);
    }
    return { changes, seconds: (performance.now() - begin) / 1000 };
  } finally {
    client.close();
  }
}
