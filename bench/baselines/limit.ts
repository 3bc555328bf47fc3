import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import Database from 'better-sqlite3';
import { WebSocketServer } from 'ws';
import { databasePath, HOST, reportReady, synchronous } from './environment';

/**
 * The limit of Node when only speed counts: ws without a framework; everything that arrives in one turn of the event loop is
 * one transaction on the same thread; each client gets one write of bytes encoded once.
 */
const database = new Database(databasePath);
database.pragma('journal_mode = WAL');
database.pragma(`synchronous = ${synchronous}`);
database.exec(
  'CREATE TABLE messages (id INTEGER PRIMARY KEY, username TEXT NOT NULL, message TEXT NOT NULL, created_at INTEGER NOT NULL)',
);
const begin = database.prepare('BEGIN IMMEDIATE');
const insert = database.prepare<[string, string, number]>(
  'INSERT INTO messages (username, message, created_at) VALUES (?, ?, ?)',
);
const commit = database.prepare('COMMIT');

interface ChatMessage {
  type?: unknown;
  username?: unknown;
  message?: unknown;
}

interface Waiting {
  readonly username: string;
  readonly message: string;
}

const server = createServer();
const sockets = new WebSocketServer({ server, path: '/ws', clientTracking: false });
const streams = new Set<Socket>();
let waiting: Waiting[] = [];

sockets.on('connection', (socket, request) => {
  const stream = request.socket;
  streams.add(stream);
  socket.on('error', () => undefined);
  socket.on('close', () => streams.delete(stream));
  socket.on('message', (data: Buffer) => {
    const { type, username, message } = JSON.parse(data.toString()) as ChatMessage;
    if (type !== 'chat_message' || typeof username !== 'string' || typeof message !== 'string') return;
    if (waiting.length === 0) setImmediate(flush);
    waiting.push({ username, message });
  });
});

function flush(): void {
  const batch = waiting;
  waiting = [];
  const now = Date.now();
  begin.run();
  for (const { username, message } of batch) insert.run(username, message, now);
  commit.run();
  const bytes = encode(batch, `${new Date(now).toISOString().slice(0, 19)}Z`);
  for (const stream of streams) stream.write(bytes);
}

/** Consecutive text frames of a server (RFC 6455, 5.2). */
function encode(batch: readonly Waiting[], timestamp: string): Buffer {
  const texts = batch.map(({ username, message }) =>
    JSON.stringify({ type: 'chat_message', username, message, timestamp }),
  );
  // UTF-8 takes at most three bytes for a UTF-16 unit; the header of a frame up to 64 KiB takes at most four.
  const bytes = Buffer.allocUnsafe(texts.reduce((sum, text) => sum + 4 + text.length * 3, 0));
  let at = 0;
  for (const text of texts) {
    const headerBytes = Buffer.byteLength(text) < 126 ? 2 : 4;
    const length = bytes.write(text, at + headerBytes);
    bytes[at] = 0x81;
    bytes[at + 1] = headerBytes === 2 ? length : 126;
    if (headerBytes === 4) bytes.writeUInt16BE(length, at + 2);
    at += headerBytes + length;
  }
  return bytes.subarray(0, at);
}

server.listen(0, HOST, () => reportReady(server));
