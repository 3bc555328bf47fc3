import { createServer, type RequestListener, type Server } from 'node:http';
import { ExpressAdapter } from '@nestjs/platform-express';
import { AppError } from '../errors/app-error';

/** Share of the shutdown grace left for answers in progress once all readers have disconnected. */
const LAST_ANSWERS_SHARE = 0.1;
/** Time for the headers of a request, and for all of it, from the connection or its first byte, in milliseconds. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
/** Interval at which Node enforces the two, in milliseconds. */
const CHECK_MS = 2_000;

/**
 * Nest's Express adapter with bounded waiting. On close Node would wait without limit for connections that have not sent a
 * complete request (browsers open some in advance) and for kept-alive ones that it is still answering.
 */
export class HttpAdapter extends ExpressAdapter {
  constructor(
    private readonly graceSeconds: number,
    private readonly keepAliveSeconds: number,
    trustProxy: boolean | number | string[],
  ) {
    super();
    this.set('trust proxy', trustProxy);
    this.set('query parser', 'simple');
    this.disable('etag');
  }

  override initHttpServer(): void {
    const server = createServer(
      {
        keepAliveTimeout: this.keepAliveSeconds * 1000,
        headersTimeout: HEADERS_MS,
        requestTimeout: REQUEST_MS,
        connectionsCheckingInterval: CHECK_MS,
        // Refused by `checkPreconditions`, with an ErrorResponse.
        requireHostHeader: false,
      },
      this.getInstance<RequestListener>(),
    );
    server.on('checkExpectation', (request, response) => server.emit('request', request, response));
    // Above the limit Node silently drops headers, beginning with those a proxy appended. Their bytes are bounded anyway.
    server.maxHeadersCount = 0;
    this.httpServer = server;
  }

  /** Unwraps errors of the body parser's check: the parser sets a status on them, by which Nest would translate them. */
  override mapException(error: unknown): unknown {
    return error instanceof Error && error.cause instanceof AppError ? error.cause : super.mapException(error);
  }

  override async close(): Promise<void> {
    const server: Server = this.getHttpServer();
    const late = setTimeout(() => server.closeAllConnections(), this.graceSeconds * 1000 * LAST_ANSWERS_SHARE);
    await super.close();
    clearTimeout(late);
  }
}
