import { SetMetadata } from '@nestjs/common';

/**
 * Decisions a controller makes about its routes that must be known before routing. `Routes` collects them at the start; put the
 * decorator on a method or on the whole controller.
 */
export type RouteMark = 'probe' | 'answered-while-draining';

/** For machines that poll every few seconds: exempt from `HTTP_RATE` and the access log, and answered while draining. */
export const Probe = () => SetMetadata('probe' satisfies RouteMark, true);

/** Answered to the end: the answer itself reports that the server is draining. */
export const AnsweredWhileDraining = () => SetMetadata('answered-while-draining' satisfies RouteMark, true);
