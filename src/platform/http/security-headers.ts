import { IncomingMessage, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { RequestHandler } from 'express';
import helmet from 'helmet';

const common = {
  // Sent by the proxy that terminates TLS; over plain HTTP it would break the page.
  strictTransportSecurity: false,
  crossOriginResourcePolicy: { policy: 'cross-origin' },
} as const;

/** Settings that change the page's headers. */
export interface PageHeaders {
  /** Origin at which the page signs users in; scripts may connect to it. */
  readonly provider?: string;
  /** Sites that may embed the page, as sources of the Content-Security-Policy. */
  readonly frameAncestors?: readonly string[];
}

const strictWith = ({ provider, frameAncestors = ["'none'"] }: PageHeaders) =>
  helmet({
    ...common,
    xFrameOptions: frameOptions(frameAncestors),
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        imgSrc: ["'self'"],
        connectSrc: ["'self'", ...(provider === undefined ? [] : [provider])],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: [...frameAncestors],
      },
    },
  });

const strict = strictWith({});

/** Swagger UI needs inline styles and images as data URLs; its scripts are files. */
const apiDocument = helmet({
  ...common,
  xFrameOptions: { action: 'deny' },
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

/** The headers of every answer: those of the page, except for the API documents. */
export function securityHeaders(settings: PageHeaders): RequestHandler {
  const page = strictWith(settings);
  return (request, response, next) =>
    (/^\/docs(\/|$)/.test(request.path) ? apiDocument : page)(request, response, next);
}

/** `X-Frame-Options` can express only none and the same origin; with other sites it would contradict the policy. */
function frameOptions(ancestors: readonly string[]): { action: 'deny' | 'sameorigin' } | false {
  if (ancestors.length > 1 || ancestors[0]!.includes('://')) return false;
  return { action: ancestors[0] === "'none'" ? 'deny' : 'sameorigin' };
}

function headersBy(middleware: ReturnType<typeof helmet>): OutgoingHttpHeaders {
  const request = new IncomingMessage(new Socket());
  const response = new ServerResponse(request);
  middleware(request, response, () => undefined);
  return response.getHeaders();
}
