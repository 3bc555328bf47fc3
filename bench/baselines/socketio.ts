import { createServer, type Server as HttpServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { databasePath, HOST, reportReady, synchronous } from './environment';

/** The part of Socket.IO in use: the package exists only after `npm ci --prefix bench`. */
interface SocketIo {
  readonly Server: new (server: HttpServer) => {
    on(event: 'connection', listener: (socket: Socket) => void): void;
    emit(event: string, message: object): void;
  };
}
interface Socket {
  on(event: 'chat_message', listener: (message: ChatMessage) => void): void;
}

const { Server } = createRequire(join(__dirname, '../../../bench/package.json'))('socket.io') as SocketIo;

/**
 * The chat of Socket.IO's tutorial: one insert per message, then `io.emit`. Two differences, both in its favour: the faster
 * SQLite driver, and no replay of earlier messages to new clients.
 */
const database = new Database(databasePath);
database.pragma('journal_mode = WAL');
database.pragma(`synchronous = ${synchronous}`);
database.exec(
  'CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, username TEXT NOT NULL, message TEXT NOT NULL, timestamp TEXT NOT NULL)',
);
const insert = database.prepare('INSERT INTO messages (username, message, timestamp) VALUES (?, ?, ?)');

interface ChatMessage {
  username?: unknown;
  message?: unknown;
}

const server = createServer();
const io = new Server(server);

io.on('connection', (socket) => {
  socket.on('chat_message', ({ username, message }: ChatMessage) => {
    if (typeof username !== 'string' || typeof message !== 'string') return;
    const timestamp = new Date().toISOString();
    insert.run(username, message, timestamp);
    io.emit('chat_message', { username, message, timestamp });
  });
});

server.listen(0, HOST, () => reportReady(server));
