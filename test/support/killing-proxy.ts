import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** PostgreSQL's `ReadyForQuery` (outside a transaction), the end of a connection's start. */
const READY = Buffer.from([0x5a, 0, 0, 0, 5, 0x49]);
const FIELDS = Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0');

/** In front of PostgreSQL; ends connections as an administrator does, in the packet that says that they are ready. */
export class KillingProxy {
  isKilling = false;
  private readonly open = new Set<Socket>();

  private constructor(
    private readonly target: URL,
    private readonly server: Server,
  ) {}

  static async start(url: string): Promise<KillingProxy> {
    const server = createServer();
    const proxy = new KillingProxy(new URL(url), server);
    server.on('connection', (client) => proxy.carry(client));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return proxy;
  }

  get url(): string {
    const url = new URL(this.target);
    url.host = `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    return url.href;
  }

  cut(): void {
    for (const socket of this.open) socket.destroy();
  }

  async stop(): Promise<void> {
    this.cut();
    this.server.close();
    await once(this.server, 'close');
  }

  private carry(client: Socket): void {
    const server = connect(Number(this.target.port || 5432), this.target.hostname);
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      this.open.add(one);
      one
        .on('error', () => undefined)
        .on('close', () => {
          this.open.delete(one);
          other.destroy();
        });
    }
    client.pipe(server);
    server.on('data', (bytes) => {
      const isDoomed = this.isKilling && bytes.includes(READY);
      client.write(isDoomed ? Buffer.concat([bytes, fatalError()]) : bytes);
      if (isDoomed) client.end();
    });
  }
}

function fatalError(): Buffer {
  const head = Buffer.from([0x45, 0, 0, 0, 0]);
  head.writeUInt32BE(FIELDS.length + 4, 1);
  return Buffer.concat([head, FIELDS]);
}
