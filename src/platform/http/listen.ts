import type { NestExpressApplication } from '@nestjs/platform-express';
import { StartupError } from '../errors/startup-error';

/**
 * Connections the kernel may queue until they are accepted, where it allows as many (Linux: `net.core.somaxconn`). After a
 * replica fails, all its clients reconnect at once; beyond Node's default of 511 they would wait for seconds, or be reset.
 */
const BACKLOG = 4_096;

const FAULTS: Readonly<Record<string, string>> = {
  EACCES: 'this port needs privileges',
  EADDRNOTAVAIL: 'this machine does not have the address',
  ENOTFOUND: 'there is no such host',
};

/** Begins to accept connections; port 0 picks a free one. @throws StartupError when the address cannot be used */
export async function listen(app: NestExpressApplication, port: number, hostname: string): Promise<void> {
  // Nest passes all arguments on to Node's server; its types do not say so.
  const listening = app as { listen(port: number, hostname: string, backlog: unknown): Promise<unknown> };
  try {
    await listening.listen(port, hostname, BACKLOG);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new StartupError(`cannot listen on ${hostname}:${port}: ${faultOf(code, port)} (${code})`);
  }
}

function faultOf(code: string, port: number): string {
  const other = port < 65_535 ? port + 1 : 8000;
  if (code === 'EADDRINUSE') return `another program uses this port; set another one, for example PORT=${other}`;
  return FAULTS[code] ?? 'the address cannot be used';
}
