import { once } from 'node:events';
import { createServer } from 'node:net';

const given = new Set<number>();

/**
 * A port, never the same twice, outside the kernel's ephemeral range: otherwise a client that reconnects while the server is
 * down could be assigned the server's port and connect to itself.
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
