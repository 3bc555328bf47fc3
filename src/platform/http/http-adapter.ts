import { createServer, type RequestListener, type Server } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';

/** The share of the grace that answers under way get when all readers have left. */
const LAST_ANSWERS_SHARE = 0.1;
/** How long the headers of a request may take, from the connection or their first byte on, and all of it, in milliseconds. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
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
    const server = createServer(
      {
        keepAliveTimeout: this.keepAliveSeconds * 1000,
        headersTimeout: HEADERS_MS,
        requestTimeout: REQUEST_MS,
        connectionsCheckingInterval: CHECK_MS,
        // Refused by `checkPreconditions`, with a proper answer.
        requireHostHeader: false,
      },
      this.getInstance<RequestListener>(),
    );
    server.on('checkExpectation', (request, response) => server.emit('request', request, response));
    // Beyond its limit Node drops headers without a word, first of all what a proxy has added at the end. Their bytes are bounded.
    server.maxHeadersCount = 0;
    this.httpServer = server;
  }

  override async close(): Promise<void> {
    const server: Server = this.getHttpServer();
    const late = setTimeout(() => server.closeAllConnections(), this.graceSeconds * 1000 * LAST_ANSWERS_SHARE);
    await super.close();
    clearTimeout(late);
  }
}
