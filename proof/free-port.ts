import { once } from 'node:events';
import { createServer } from 'node:net';

const given = new Set<number>();

/**
 * A port, never the same twice. It is outside the range the kernel gives to connections: a client that comes back while the
 * server is away could otherwise be given the server's own port and connect to itself.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if (given.has(port)) continue;
    const probe = createServer();
    try {
      probe.listen(port, '127.0.0.1');
      await once(probe, 'listening');
      given.add(port);
      return port;
    } catch {
      continue;
    } finally {
      probe.close();
    }
  }
}
