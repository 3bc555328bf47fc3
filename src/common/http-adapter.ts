import { createServer, type RequestListener, type Server } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';

/** The share of the grace that answers under way get when all readers have left. */
const LAST_ANSWERS_SHARE = 0.1;
/** The least time in which the headers of a request must be there, in milliseconds. */
const LEAST_HEADERS_MS = 10_000;
/** How long a whole request may take, in milliseconds, unless its headers already may take longer. */
const REQUEST_MS = 300_000;
/** How often Node looks for requests that take too long, in milliseconds. */
const CHECK_MS = 2_000;

/**
 * Nest's adapter for Express, with bounded waiting. At its end Node waits as long as it takes for connections that have sent no
 * complete request, though browsers open some in advance, and for kept-alive ones that it answers meanwhile.
 */
export class HttpAdapter extends ExpressAdapter {
  constructor(
    private readonly graceSeconds: number,
    private readonly keepAliveSeconds: number,
  ) {
    super();
  }

  override initHttpServer(): void {
    const keepAliveTimeout = this.keepAliveSeconds * 1000;
    // A connection that a balancer opens in advance counts as one that sends headers: it must not end first either.
    const headersTimeout = Math.max(LEAST_HEADERS_MS, keepAliveTimeout + 1000);
    const server = createServer(
      {
        keepAliveTimeout,
        headersTimeout,
        requestTimeout: Math.max(REQUEST_MS, headersTimeout),
        connectionsCheckingInterval: CHECK_MS,
        // Refused by `checkPreconditions`, with a proper answer.
        requireHostHeader: false,
      },
      this.getInstance<RequestListener>(),
    );
    server.on('checkExpectation', (request, response) => server.emit('request', request, response));
    this.httpServer = server;
  }

  override async close(): Promise<void> {
    const server: Server = this.getHttpServer();
    const late = setTimeout(() => server.closeAllConnections(), this.graceSeconds * 1000 * LAST_ANSWERS_SHARE);
    await super.close();
    clearTimeout(late);
  }
}
