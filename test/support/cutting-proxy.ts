import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/** A proxy between browsers and the server that cuts connections, or lets none through, as networks do. */
export class CuttingProxy {
  private readonly sockets = new Set<Socket>();
  private timer: NodeJS.Timeout | undefined;
  private isBlocked = false;

  private constructor(private readonly server: Server) {}

  static async start(target: number): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server);
    server.on('connection', (client) => proxy.pass(client, target));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Ends every connection as often as that. */
  cutEvery(ms: number): void {
    this.timer = setInterval(() => this.cut(), ms);
  }

  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  block(): void {
    this.isBlocked = true;
    this.cut();
  }

  letThrough(): void {
    clearInterval(this.timer);
    this.isBlocked = false;
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.cut();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private pass(client: Socket, target: number): void {
    if (this.isBlocked) {
      client.destroy();
      return;
    }
    const upstream = connect(target, '127.0.0.1');
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      this.sockets.add(socket);
      socket.on('error', () => other.destroy());
      socket.on('close', () => {
        this.sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
    }
  }
}
