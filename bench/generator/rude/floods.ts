import type { Socket } from 'node:net';
import { clientFrame, OPCODE } from '../frames';
import type { Visit } from './visit';

/** Bytes per write: more than a socket accepts without waiting. */
const BLOCK_BYTES = 128 * 1024;

export function textFrame(text: string): Buffer {
  return clientFrame(OPCODE.text, Buffer.from(text));
}

/** Repeats one frame as fast as the socket accepts it; reconnects when closed. */
export function flood(frame: Buffer, dialect: 'chat' | 'chatV2' = 'chat') {
  return async (visit: Visit): Promise<void> => {
    while (!visit.isOver) {
      const socket = await visit.persistentWebSocket(undefined, dialect);
      if (!socket) return;
      socket.resume();
      await pour(visit, socket, frame);
    }
  };
}

/** The same on many connections that never read. */
export function unreadFlood(frame: Buffer, connections: number) {
  return async (visit: Visit): Promise<void> => {
    const one = async () => {
      const socket = await visit.persistentWebSocket();
      if (socket) await pour(visit, socket, frame);
    };
    await Promise.all(Array.from({ length: connections }, one));
  };
}

async function pour(visit: Visit, socket: Socket, frame: Buffer): Promise<void> {
  const block = repeated(frame, Math.ceil(BLOCK_BYTES / frame.length));
  while (!visit.isOver && !socket.destroyed) await visit.say(socket, block);
}

export function repeated(frame: Buffer, times: number): Buffer {
  return Buffer.concat(Array.from({ length: times }, () => frame));
}
