import type { Server } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';

/** The share of the grace that answers under way get when all readers have left. */
const LAST_ANSWERS_SHARE = 0.1;

/**
 * Nest's adapter for Express, whose end is bounded. Node waits as long as it takes for connections that have sent no complete
 * request, though browsers open some in advance, and for kept-alive ones that it answers meanwhile.
 */
export class HttpAdapter extends ExpressAdapter {
  constructor(private readonly graceSeconds: number) {
    super();
  }

  override async close(): Promise<void> {
    const server: Server = this.getHttpServer();
    const late = setTimeout(() => server.closeAllConnections(), this.graceSeconds * 1000 * LAST_ANSWERS_SHARE);
    await super.close();
    clearTimeout(late);
  }
}
