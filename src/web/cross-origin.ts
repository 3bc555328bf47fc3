import type { CorsOptions, CorsOptionsDelegate } from '@nestjs/common/interfaces/external/cors-options.interface';
import type { Request } from 'express';
import type { AllowedOrigins } from '../settings/origins';

const HEADERS: CorsOptions = {
  exposedHeaders: ['X-Request-Id', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'Link'],
  // Two hours, as long as Chromium keeps it, in seconds.
  maxAge: 7_200,
};

/** Which pages may read answers, and what of them; others get no CORS headers. */
export function crossOrigin(origins: AllowedOrigins): CorsOptions | CorsOptionsDelegate<Request> {
  if (origins.areAny) return { ...HEADERS, origin: '*' };
  return (request, done) => {
    // Caches must not give the answer of one page to another.
    request.res!.vary('Origin');
    done(null, { ...HEADERS, origin: origins.allow(request) });
  };
}
