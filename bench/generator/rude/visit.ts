import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { DIALECTS } from '../dialects';
import { upgradeRequest } from '../upgrade-request';

export interface VisitResult {
  readonly opened: number;
  /** Connections closed and handshakes refused by the server. */
  readonly closed: number;
}

/** Delay before reconnecting, in milliseconds. */
const COMING_BACK_MS = 20;

/** The sockets of one misbehaving client and their fate. Must not know what is sent over them. */
export class Visit {
  isOver = false;
  private opened = 0;
  private closed = 0;
  private readonly sockets = new Set<Socket>();

  constructor(private readonly port: number) {}

  get result(): VisitResult {
    return { opened: this.opened, closed: this.closed };
  }

  /** A paused TCP connection. */
  connect(from = '127.0.0.1'): Socket {
    const socket = connect({ port: this.port, host: '127.0.0.1', localAddress: from, noDelay: true });
    this.opened++;
    this.sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (this.sockets.delete(socket)) this.closed++;
    });
    if (this.isOver) this.leave(socket);
    return socket;
  }

  /** A paused WebSocket; undefined where it was refused. */
  async webSocket(from?: string, dialect: 'chat' | 'chatV2' = 'chat'): Promise<Socket | undefined> {
    const socket = this.connect(from);
    socket.write(upgradeRequest(this.port, DIALECTS[dialect]));
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('data', (answer: Buffer) => resolve(answer.toString('latin1').startsWith('HTTP/1.1 101')));
      socket.once('close', () => resolve(false));
    });
    socket.pause();
    if (isOpen) return socket;
    socket.destroy();
    await delay(COMING_BACK_MS);
    return undefined;
  }

  /** The same, retried until one is open; undefined when the visit is over. */
  async persistentWebSocket(from?: string, dialect?: 'chat' | 'chatV2'): Promise<Socket | undefined> {
    while (!this.isOver) {
      const socket = await this.webSocket(from, dialect);
      if (socket) return socket;
    }
    return undefined;
  }

  /** Resolves when the socket accepts more, or is closed. */
  async say(socket: Socket, bytes: Buffer): Promise<void> {
    if (socket.destroyed) return;
    if (socket.write(bytes)) return delay(0);
    await new Promise<void>((resolve) => {
      const done = () => {
        socket.off('drain', done).off('close', done);
        resolve();
      };
      socket.on('drain', done).on('close', done);
    });
  }

  /** Resolves when the server closed the connection, or after the timeout. */
  async ended(socket: Socket, timeoutMs: number): Promise<void> {
    if (socket.destroyed) return;
    const timeout = new AbortController();
    await Promise.race([
      new Promise((resolve) => socket.once('close', resolve)),
      delay(timeoutMs, undefined, { signal: timeout.signal }).catch(() => undefined),
    ]);
    timeout.abort();
  }

  leave(socket: Socket): void {
    this.sockets.delete(socket);
    socket.destroy();
  }

  /** Destroys all sockets and resolves all waits. */
  end(): void {
    this.isOver = true;
    for (const socket of this.sockets) this.leave(socket);
  }
}
