import type { Request } from 'express';

/** The pattern of the route that matched, `/api/messages/user/:username`: unlike the address, never a client's words. */
export function routeOf(request: Request): string {
  return (request.route as { path?: string } | undefined)?.path ?? 'none';
}
