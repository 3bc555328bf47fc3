import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiBearerAuth, ApiSecurity } from '@nestjs/swagger';
import { ApiErrorCodes } from './api-errors.decorator';

/** What a route is open to: everybody, or whoever may do this; `change`: write or moderate. */
export type RouteAccess = 'public' | 'read' | 'write' | 'change' | 'moderate';

/** Key of the metadata. Every route needs it, on the method or its controller: the server refuses to start without. */
export const ROUTE_ACCESS = 'route-access';

/** Open to everybody. */
export const Public = () => SetMetadata(ROUTE_ACCESS, 'public' satisfies RouteAccess);

/** Open to whoever may do this in the channel; the guard of `src/access` asks. Documents the refusals as well. */
export function Requires(access: Exclude<RouteAccess, 'public'>): ClassDecorator & MethodDecorator {
  return applyDecorators(
    SetMetadata(ROUTE_ACCESS, access),
    // Either: a token is needed only where the server is set up for it; always for moderation.
    ...(access === 'moderate' ? [] : [ApiSecurity({})]),
    ApiBearerAuth(),
    ApiErrorCodes('UNAUTHORIZED', 'FORBIDDEN'),
  );
}
