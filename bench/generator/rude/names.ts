import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { clientFrame, OPCODE } from '../frames';
import { textFrame } from './floods';
import type { Visit } from './visit';

const BURST = 100;
const NOTHING = Buffer.alloc(0);
/** Wait for the end of the connection after sending everything, in milliseconds. */
const LEAVING_MS = 1_000;
const LISTENERS = 300;
const LISTENERS_AN_ADDRESS = 50;

/** A name that is expensive to normalise: marks of two classes in the wrong order. */
const COSTLY_NAME = textFrame(
  JSON.stringify({ type: 'user_joined', username: `${'\u0301'.repeat(8_000)}${'\u0316'.repeat(8_000)}` }),
);

export function costlyNames(atOnce: number, everyMs: number) {
  return async (visit: Visit): Promise<void> => {
    let socket: Socket | undefined;
    while (!visit.isOver) {
      if (!socket || socket.destroyed) socket = await visit.persistentWebSocket();
      socket?.resume();
      for (let i = 0; socket && i < atOnce; i++) await visit.say(socket, COSTLY_NAME);
      await delay(everyMs);
    }
  };
}

/** Repeatedly connects and sends a full burst of messages under new names. */
export async function reconnectAfterEachBurst(visit: Visit): Promise<void> {
  for (let burst = 0; !visit.isOver; burst++) {
    const socket = await visit.persistentWebSocket();
    if (!socket) return;
    socket.resume();
    const messages = Array.from({ length: BURST }, (_, i) =>
      textFrame(JSON.stringify({ type: 'chat_message', username: `${burst} ${i}`, message: 'hurry' })),
    );
    await visit.say(socket, Buffer.concat([...messages, clientFrame(OPCODE.close, NOTHING)]));
    await visit.ended(socket, LEAVING_MS);
    visit.leave(socket);
  }
}

/** A few connections that repeatedly join under many names and leave, beside readers that receive all of it. */
export async function comeAndGo(visit: Visit): Promise<void> {
  await listen(visit);
  for (let round = 0; !visit.isOver; round++) {
    await Promise.all([0, 1, 2, 3].map((connection) => appear(visit, `${round} ${connection}`)));
  }
}

async function appear(visit: Visit, name: string): Promise<void> {
  const socket = await visit.persistentWebSocket();
  if (!socket) return;
  socket.resume();
  const joins = Array.from({ length: BURST }, (_, i) =>
    textFrame(JSON.stringify({ type: 'user_joined', username: `${name} ${i} `.padEnd(50, '語') })),
  );
  await visit.say(socket, Buffer.concat([...joins, clientFrame(OPCODE.close, NOTHING)]));
  await visit.ended(socket, LEAVING_MS);
  visit.leave(socket);
}

/** Well-behaved readers from other addresses. */
async function listen(visit: Visit): Promise<void> {
  const hello = textFrame(JSON.stringify({ type: 'hello' }));
  for (let listener = 0; listener < LISTENERS; listener++) {
    const from = `127.0.3.${1 + Math.floor(listener / LISTENERS_AN_ADDRESS)}`;
    const socket = await visit.webSocket(from, 'chatV2');
    socket?.resume();
    socket?.write(hello);
  }
}
