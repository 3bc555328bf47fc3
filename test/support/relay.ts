import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP proxy between a client and its server, for faults of the network. */
export class Relay {
  /** Connections accepted since the start. */
  accepted = 0;
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private isRefusing = false;

  private constructor(
    private readonly server: Server,
    private target: number,
  ) {}

  static async to({ port }: { port: number }): Promise<Relay> {
    const server = createServer();
    const relay = new Relay(server, port);
    server.on('connection', (socket) => relay.accept(socket));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return relay;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Forwards new connections to this server. */
  leadTo({ port }: { port: number }): void {
    this.target = port;
  }

  /** Cuts all connections without a close frame. */
  cut(): void {
    for (const sockets of this.pairs) for (const socket of sockets) socket.destroy();
  }

  /** Stops forwarding on existing connections; new ones work. */
  freeze(): void {
    for (const sockets of this.pairs) for (const socket of sockets) socket.pause();
  }

  /** Cuts new connections at once, until `refuse(false)`. */
  refuse(isRefusing = true): void {
    this.isRefusing = isRefusing;
  }

  async stop(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private accept(socket: Socket): void {
    this.accepted++;
    if (this.isRefusing) {
      socket.destroy();
      return;
    }
    const upstream = connect(this.target, '127.0.0.1');
    const pair = [socket, upstream] as const;
    this.pairs.add(pair);
    socket.pipe(upstream).pipe(socket);
    for (const one of pair) {
      one.on('error', () => {});
      one.on('close', () => {
        this.pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
  }
}
