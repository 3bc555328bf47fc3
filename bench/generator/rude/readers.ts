import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { clientFrame, OPCODE } from '../frames';
import { repeated, textFrame } from './floods';
import type { Visit } from './visit';

const HELLO_FROM_THE_START = textFrame(JSON.stringify({ type: 'hello', after: 0 }));
const TRICKLE_MS = 100;
/** A text frame without the FIN bit. */
const NOT_FINAL = 0x7f;

export function request(path: string): Buffer {
  return Buffer.from(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
}

/** Pipelines the largest page many times on a few connections, without reading. */
export function unreadPages(connections: number, pages: number) {
  return async (visit: Visit): Promise<void> => {
    const requests = repeated(request('/api/messages?limit=1000'), pages);
    await Promise.all(Array.from({ length: connections }, () => visit.say(visit.connect(), requests)));
  };
}

/** Event streams of the whole history, unread. */
export function unreadStreams(connections: number) {
  return async (visit: Visit): Promise<void> => {
    const from = request('/api/messages/stream?after=0');
    await Promise.all(Array.from({ length: connections }, () => visit.say(visit.connect(), from)));
  };
}

/** WebSockets that request the whole history and read it slowly, in bytes a second each. */
export function slowReplays(connections: number, bytesPerSecond: number) {
  return async (visit: Visit): Promise<void> => {
    const sockets: Socket[] = [];
    for (let i = 0; i < connections; i++) {
      const socket = await visit.webSocket(undefined, 'chatV2');
      if (!socket) continue;
      socket.write(HELLO_FROM_THE_START);
      sockets.push(socket);
    }
    // A socket with a `readable` listener reads only on demand.
    if (bytesPerSecond > 0) for (const socket of sockets) socket.on('readable', () => undefined);
    while (!visit.isOver && bytesPerSecond > 0) {
      for (const socket of sockets) socket.read(Math.ceil((bytesPerSecond * TRICKLE_MS) / 1000));
      await delay(TRICKLE_MS);
    }
  };
}

/** Messages that never finish: one-byte fragments. */
export function unfinishedFragments(connections: number, fragments: number) {
  return async (visit: Visit): Promise<void> => {
    const begin = unfinished(OPCODE.text);
    const rest = repeated(unfinished(OPCODE.continuation), fragments - 1);
    const one = async () => {
      const socket = await visit.persistentWebSocket();
      socket?.resume();
      if (socket) await visit.say(socket, Buffer.concat([begin, rest]));
    };
    await Promise.all(Array.from({ length: connections }, one));
  };
}

/** Event streams of one address, read properly. */
export function eventStreams(count: number) {
  return async (visit: Visit): Promise<void> => {
    for (let i = 0; i < count; i++) {
      const socket = visit.connect();
      socket.resume();
      await visit.say(socket, request('/api/messages/stream'));
    }
  };
}

/** Connections from many addresses, kept as long as the server allows. */
export function crowd(connections: number, atOnce: number) {
  return async (visit: Visit): Promise<void> => {
    let started = 0;
    const some = async () => {
      while (started < connections && !visit.isOver) {
        const socket = await visit.webSocket(`127.0.4.${1 + (started++ % 100)}`);
        socket?.resume();
      }
    };
    await Promise.all(Array.from({ length: atOnce }, some));
  };
}

function unfinished(opcode: number): Buffer {
  const frame = clientFrame(opcode, Buffer.from('x'));
  frame[0]! &= NOT_FINAL;
  return frame;
}
