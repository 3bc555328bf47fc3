import type { Socket } from 'node:net';
import { clientFrame, OPCODE } from '../frames';
import type { Visit } from './visit';

/** What is handed to a socket at once: more than it takes without waiting. */
const BLOCK_BYTES = 128 * 1024;

export function textFrame(text: string): Buffer {
  return clientFrame(OPCODE.text, Buffer.from(text));
}

/** One frame over and over, as fast as the socket takes it; whoever is closed comes back. */
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

/** The same on many connections, none of which reads an answer. */
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
