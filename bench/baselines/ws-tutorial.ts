import { createServer } from 'node:http';
import Database from 'better-sqlite3';
import { WebSocket, WebSocketServer } from 'ws';
import { databasePath, HOST, reportReady, synchronous } from './environment';

/** A chat as tutorials write it with ws and better-sqlite3: one insert per message, then one send per client. */
const database = new Database(databasePath);
database.pragma('journal_mode = WAL');
database.pragma(`synchronous = ${synchronous}`);
database.exec(
  'CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, username TEXT NOT NULL, message TEXT NOT NULL, timestamp TEXT NOT NULL)',
);
const insert = database.prepare('INSERT INTO messages (username, message, timestamp) VALUES (?, ?, ?)');

interface ChatMessage {
  type?: unknown;
  username?: unknown;
  message?: unknown;
}

const server = createServer();
const sockets = new WebSocketServer({ server, path: '/ws' });

sockets.on('connection', (socket) => {
  socket.on('error', () => undefined);
  socket.on('message', (data: Buffer) => {
    const { type, username, message } = JSON.parse(data.toString()) as ChatMessage;
    if (type !== 'chat_message' || typeof username !== 'string' || typeof message !== 'string') return;
    const timestamp = new Date().toISOString();
    insert.run(username, message, timestamp);
    for (const client of sockets.clients) {
      if (client.readyState === WebSocket.OPEN) client.send(JSON.stringify({ type, username, message, timestamp }));
    }
  });
});

server.listen(0, HOST, () => reportReady(server));
