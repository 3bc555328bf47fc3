import type { NestExpressApplication } from '@nestjs/platform-express';
import type { Request } from 'express';
import type { AllowedOrigins } from '../settings/origins';

type Policy = NonNullable<Parameters<NestExpressApplication['enableCors']>[0]>;

const HEADERS = {
  exposedHeaders: ['X-Request-Id', 'Retry-After', 'RateLimit', 'RateLimit-Policy', 'Link', 'Chat-Epoch'],
  // Seconds; Chromium caches a preflight for two hours at most.
  maxAge: 7_200,
};

/** The CORS policy: allowed origins can read answers and the headers above; other origins get no CORS headers. */
export function crossOrigin(origins: AllowedOrigins): Policy {
  if (origins.areAny) return { ...HEADERS, origin: '*' };
  return (request: Request, done: (error: null, policy: object) => void) => {
    // A cache must not serve the answer for one origin to another.
    request.res!.vary('Origin');
    done(null, { ...HEADERS, origin: origins.allow(request) });
  };
}
