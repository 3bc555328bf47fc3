import type { CorsOptions, CorsOptionsDelegate } from '@nestjs/common/interfaces/external/cors-options.interface';
import type { Request } from 'express';
import type { AllowedOrigins } from '../settings/origins';

const HEADERS: CorsOptions = {
  exposedHeaders: ['X-Request-Id', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'Link'],
  // In seconds: the two hours for which Chromium keeps a preflight at most.
  maxAge: 7_200,
};

/** CORS: the pages that may read answers, and the headers they may read. Other pages get no CORS headers. */
export function crossOrigin(origins: AllowedOrigins): CorsOptions | CorsOptionsDelegate<Request> {
  if (origins.areAny) return { ...HEADERS, origin: '*' };
  return (request, done) => {
    // A cache must not serve the answer for one page to another.
    request.res!.vary('Origin');
    done(null, { ...HEADERS, origin: origins.allow(request) });
  };
}
