import { IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

const common = {
  // Promised by the proxy that terminates TLS; over plain HTTP it would break the page.
  strictTransportSecurity: false,
  xFrameOptions: { action: 'deny' },
  crossOriginResourcePolicy: { policy: 'cross-origin' },
} as const;

/** @param provider origin at which the page may sign users in */
const strictWith = (...provider: string[]) =>
  helmet({
    ...common,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'", ...provider],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
  });

const strict = strictWith();

/** Swagger UI needs inline styles and images as data URLs; its scripts are files. */
const apiDocument = helmet({
  ...common,
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      connectSrc: ["'self'"],
      frameAncestors: ["'none'"],
    },
  },
});

/** The same headers for answers written without Express. */
export const SECURITY_HEADERS: Readonly<OutgoingHttpHeaders> = headersBy(strict);

/** @param provider origin at which the page signs users in, if it does; scripts may connect to it */
export function securityHeaders(provider?: string): RequestHandler {
  const page = provider === undefined ? strict : strictWith(provider);
  return (request, response, next) =>
    (/^\/docs(\/|$)/.test(request.path) ? apiDocument : page)(request, response, next);
}

function headersBy(middleware: ReturnType<typeof helmet>): OutgoingHttpHeaders {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  middleware(request, response, () => undefined);
  return response.getHeaders();
}
