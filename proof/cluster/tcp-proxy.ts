import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy on this machine that can freeze and cut its connections. */
export class TcpProxy {
  private readonly sockets = new Set<Socket>();
  private isFrozen = false;
  /** Connections accepted since the start. */
  accepted = 0;
  /** Transforms the server's bytes, if given. */
  alter: ((bytes: Buffer) => Buffer) | undefined;

  private constructor(
    private readonly server: Server,
    private readonly target: { host: string; port: number },
  ) {
    server.on('connection', (client: Socket) => this.carry(client));
  }

  static async open(target: { host: string; port: number }): Promise<TcpProxy> {
    const server = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TcpProxy(server, target);
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Silently stops forwarding in both directions; bytes sent meanwhile wait. */
  freeze(): void {
    this.isFrozen = true;
    for (const socket of this.sockets) socket.pause();
  }

  /** Resumes forwarding, beginning with the bytes that waited. */
  resume(): void {
    this.isFrozen = false;
    for (const socket of this.sockets) socket.resume();
  }

  /** Destroys every connection; new ones are accepted. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    this.server.close();
    this.cut();
    await once(this.server, 'close');
  }

  private carry(client: Socket): void {
    this.accepted++;
    const server = connect({ ...this.target, allowHalfOpen: true });
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(from);
      from.on('data', (data) => {
        if (!to.write(from === server ? (this.alter?.(data) ?? data) : data)) from.pause();
      });
      to.on('drain', () => {
        if (!this.isFrozen) from.resume();
      });
      from.on('end', () => to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
      if (this.isFrozen) from.pause();
      else from.resume();
    }
  }
}
