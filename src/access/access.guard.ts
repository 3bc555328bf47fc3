import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { AppError } from '../platform/errors/app-error';
import { StartupError } from '../platform/errors/startup-error';
import { ROUTE_ACCESS, type RouteAccess } from '../platform/http/route-access';
import { Routes } from '../platform/http/routes';
import { Access } from './access';
import type { Identity } from './identity';
import { RequestAuthenticator } from './request-authenticator';
import { setIdentity } from './request-identity';

/** Authenticates and authorises every request to a route. Must not know what a route does. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly access: Access,
    private readonly authenticator: RequestAuthenticator,
    private readonly reflector: Reflector,
    routes: Routes,
  ) {
    for (const { method, path, controller, handler } of routes.all) {
      if (this.accessOf(handler, controller) === undefined) {
        throw new StartupError(`the route ${method} ${path} needs @Public() or @Requires(…)`);
      }
    }
  }

  canActivate(context: ExecutionContext): true | Promise<true> {
    const needed = this.accessOf(context.getHandler(), context.getClass());
    if (needed === 'public') return true;
    // Where moderators cannot exist, neither do their routes.
    if (needed === 'moderate' && !this.access.hasChanges) throw new AppError('NOT_FOUND');
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    // A shared cache must not serve one user's answer to another.
    if (this.access.isOn) http.getResponse<Response>().setHeader('Cache-Control', 'no-store');
    const identity = this.authenticator.authenticateRoute(request);
    return identity instanceof Promise
      ? identity.then((one) => this.admit(request, one, needed))
      : this.admit(request, identity, needed);
  }

  private admit(request: Request, identity: Identity, needed: Exclude<RouteAccess, 'public'> | undefined): true {
    // The constructor refuses routes without a mark; the fallback is the strictest permission.
    if (needed === 'change') this.access.requireEither(identity, 'moderate', 'write');
    else this.access.require(identity, needed ?? 'moderate');
    setIdentity(request, identity);
    return true;
  }

  private accessOf(handler: object, controller: object): RouteAccess | undefined {
    return this.reflector.getAllAndOverride<RouteAccess | undefined>(ROUTE_ACCESS, [
      handler as () => void,
      controller as () => void,
    ]);
  }
}
