import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiSecurity } from '@nestjs/swagger';
import { ApiErrorCodes } from './api-errors.decorator';

/** Audience of a route: everybody, or identities with this right; `change`: write or moderate. */
export type RouteAccess = 'public' | 'read' | 'write' | 'change' | 'moderate';

/** Key of the metadata. Every route needs it, on the method or its controller: the server refuses to start without. */
export const ROUTE_ACCESS = 'route-access';

/** Open to everybody. */
export const Public = () => SetMetadata(ROUTE_ACCESS, 'public' satisfies RouteAccess);

/** Open to identities with this right in the channel, enforced by the guard of `src/access`. Documents the refusals as well. */
export function Requires(access: Exclude<RouteAccess, 'public'>): ClassDecorator & MethodDecorator {
  return applyDecorators(
    SetMetadata(ROUTE_ACCESS, access),
    // Either: a token is needed only if the server is configured for it; for moderation always.
    ...(access === 'moderate' ? [] : [ApiSecurity({})]),
    ApiBearerAuth(),
    ApiErrorCodes('UNAUTHORIZED', 'FORBIDDEN'),
  );
}
