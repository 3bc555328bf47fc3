import { connect, type Socket } from 'node:net';
import type { DialectName } from './dialects';
import { DIALECTS, type Dialect } from './dialects';
import { clientFrame, OPCODE, scanFrames } from './frames';
import { userOf } from './tags';
import { tokenOf } from './tokens';
import { upgradeRequest } from './upgrade-request';

/** A server under load. */
export interface ServerAddress {
  readonly port: number;
  readonly pid: number;
  readonly dialect: DialectName;
  /** Secret that signs the clients' tokens; undefined if they need none. */
  readonly secret?: string;
  /** All replicas of one chat, this one included: clients are distributed over them. */
  readonly replicas?: readonly ServerAddress[];
}

/** Maximum bytes of an incomplete frame or HTTP response after a read: a `welcome` names a thousand users. */
const LEFTOVER_BYTES = 64 * 1024;
/**
 * All sockets read into one buffer, as a read is handled before the next one begins. The rest of a socket's last read is
 * copied in front of its next one, so that every frame is contiguous here.
 */
const BUFFER = Buffer.allocUnsafe(LEFTOVER_BYTES + 256 * 1024);
const NOTHING = Buffer.alloc(0);
const NOBODY_IN_PARTICULAR = 'bench-reader';
const END_OF_HEAD = '\r\n\r\n';

/** Callbacks of a client. Payloads are offsets into `bytes`, valid during the call only. */
export interface Listener {
  /** A text frame. */
  text(bytes: Buffer, start: number, end: number): void;
  /** Called after all complete frames of one read. */
  read(): void;
}

export interface Whose {
  /** Its local address, by which servers tell clients apart. */
  readonly from?: string | undefined;
  /** User of its token, and which of the user's tokens it is. */
  readonly user?: string;
  readonly issue?: number;
}

/** One WebSocket as bytes: no events, no strings, no copies for what a server sends in bulk. */
export class Client {
  listener: Listener | undefined;
  /** Why the connection failed. */
  failure: string | undefined;
  private readonly socket: Socket;
  private readonly dialect: Dialect;
  private leftover = NOTHING;
  private state: 'upgrading' | 'greeting' | 'open' | 'closed' = 'upgrading';
  private readonly onFrame = (opcode: number, start: number, end: number) => this.frame(opcode, start, end);

  private constructor(
    server: ServerAddress,
    { from: localAddress, user = NOBODY_IN_PARTICULAR, issue }: Whose,
    private readonly onSettled: (failure?: Error) => void,
  ) {
    this.dialect = DIALECTS[server.dialect];
    this.socket = connect({
      port: server.port,
      host: '127.0.0.1',
      ...(localAddress !== undefined && { localAddress }),
      noDelay: true,
      onread: {
        buffer: BUFFER.subarray(LEFTOVER_BYTES),
        callback: (length) => {
          this.received(length);
          return true;
        },
      },
    });
    this.socket.on('error', (error) => this.fail(error.message));
    this.socket.on('close', () => this.fail('the server closed the connection'));
    const token = server.secret === undefined ? undefined : tokenOf(server.secret, user, issue);
    this.socket.write(upgradeRequest(server.port, this.dialect, token));
  }

  /** Resolves when the client may send. */
  static open(server: ServerAddress, whose: Whose = {}): Promise<Client> {
    return new Promise((resolve, reject) => {
      const client = new Client(server, whose, (failure) => {
        if (failure) reject(failure);
        else resolve(client);
      });
    });
  }

  /** Sends bytes without a copy; they must not change afterwards. */
  send(frames: Buffer): void {
    this.socket.write(frames);
  }

  close(): void {
    this.state = 'closed';
    this.socket.destroy();
  }

  private received(length: number): void {
    const to = LEFTOVER_BYTES + length;
    let from = LEFTOVER_BYTES - this.leftover.length;
    this.leftover.copy(BUFFER, from);
    if (this.state === 'upgrading') from = this.upgrade(from, to);
    if (this.state !== 'upgrading') from = scanFrames(BUFFER, from, to, this.onFrame);
    if (to - from > LEFTOVER_BYTES) this.fail(`an unfinished frame of more than ${LEFTOVER_BYTES} bytes`);
    this.leftover = from === to ? NOTHING : Buffer.from(BUFFER.subarray(from, to));
    this.listener?.read();
  }

  /** Offset of the first frame; `from` while the HTTP response is incomplete. */
  private upgrade(from: number, to: number): number {
    const head = BUFFER.toString('latin1', from, to);
    const end = head.indexOf(END_OF_HEAD);
    if (end === -1) return from;
    if (!head.startsWith('HTTP/1.1 101')) {
      this.fail(head.slice(0, head.indexOf('\r\n')));
      return to;
    }
    this.state = 'greeting';
    if (this.dialect.hello !== undefined) this.send(clientFrame(OPCODE.text, Buffer.from(this.dialect.hello)));
    if (!this.dialect.isWelcome) this.ready();
    return from + end + END_OF_HEAD.length;
  }

  private frame(opcode: number, start: number, end: number): void {
    if (opcode === OPCODE.text) {
      // On an open connection only a heartbeat is that short.
      if (this.state === 'greeting' || end - start === 1) this.converse(BUFFER.toString('latin1', start, end));
      else this.listener?.text(BUFFER, start, end);
    } else if (opcode === OPCODE.ping) {
      this.send(clientFrame(OPCODE.pong, BUFFER.subarray(start, end)));
    } else if (opcode === OPCODE.close) {
      this.fail(`the server closed the WebSocket with ${BUFFER.readUInt16BE(start)}`);
    }
  }

  private converse(frame: string): void {
    const answer = this.dialect.reply?.(frame);
    if (answer !== undefined) this.send(clientFrame(OPCODE.text, Buffer.from(answer)));
    if (this.state === 'greeting' && this.dialect.isWelcome?.(frame)) this.ready();
  }

  private ready(): void {
    this.state = 'open';
    this.onSettled();
  }

  private fail(reason: string): void {
    if (this.state === 'closed') return;
    const wasOpen = this.state === 'open';
    this.close();
    this.failure = reason;
    if (!wasOpen) this.onSettled(new Error(`no connection: ${reason}`));
  }
}

interface Opening {
  readonly atOnce?: number;
  readonly from?: string | undefined;
  /** Index of the first client that also receives changes. */
  readonly live?: number;
}

/** Opens many clients, at most a server's backlog at a time. */
export async function openClients(
  server: ServerAddress,
  count: number,
  { atOnce = 50, from, live = Infinity }: Opening = {},
): Promise<Client[]> {
  const clients: Client[] = [];
  const replicas = server.replicas ?? [server];
  let started = 0;
  const openSome = async () => {
    while (started < count) {
      const index = started++;
      const replica = replicas[index % replicas.length]!;
      const address = index < live ? replica : { ...replica, dialect: 'chatV2Live' as const };
      clients[index] = await Client.open(address, { from, user: userOf(index) });
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, openSome));
  return clients;
}
