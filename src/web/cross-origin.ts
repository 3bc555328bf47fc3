import type { CorsOptions, CorsOptionsDelegate } from '@nestjs/common/interfaces/external/cors-options.interface';
import type { Request } from 'express';
import type { AllowedOrigins } from '../settings/origins';

const HEADERS: CorsOptions = {
  exposedHeaders: ['X-Request-Id', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'Link', 'Chat-Epoch'],
  // Seconds; Chromium caches a preflight for two hours at most.
  maxAge: 7_200,
};

/** The CORS policy: allowed origins can read answers and the headers above; other origins get no CORS headers. */
export function crossOrigin(origins: AllowedOrigins): CorsOptions | CorsOptionsDelegate<Request> {
  if (origins.areAny) return { ...HEADERS, origin: '*' };
  return (request, done) => {
    // A cache must not serve the answer for one origin to another.
    request.res!.vary('Origin');
    done(null, { ...HEADERS, origin: origins.allow(request) });
  };
}
