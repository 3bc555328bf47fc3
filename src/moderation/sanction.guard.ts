import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import { GUEST_MARK, type Identity } from '../access/identity';
import { identityOf } from '../access/request-identity';
import { AppError } from '../platform/errors/app-error';
import { ROUTE_ACCESS, type RouteAccess } from '../platform/http/route-access';
import { normalizeUsername } from '../platform/text/username';
import { Sanctions } from './sanctions';
import { SlowMode } from './slow-mode';

/**
 * Mutes, bans and slow mode on the REST routes; frames have the same in `FramePolicies`. Stands behind the guard of `src/access`,
 * which has found out who asks. Must not know what a route does, only whether it writes.
 */
@Injectable()
export class SanctionGuard implements CanActivate {
  constructor(
    private readonly sanctions: Sanctions,
    private readonly slowMode: SlowMode,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): true {
    const targets = [context.getHandler(), context.getClass()];
    const needed = this.reflector.getAllAndOverride<RouteAccess | undefined>(ROUTE_ACCESS, targets);
    const http = context.switchToHttp();
    const request = http.getRequest<Request>();
    const identity = identityOf(request);
    if (needed === 'public' || identity.kind === 'operator') return true;
    const names = namesOf(identity, request.body);
    for (const name of names) {
      if (needed === 'write' || needed === 'change') this.sanctions.require(identity, name);
      else this.sanctions.requireNotBanned(identity, name);
    }
    // The one thing that is posted to be written is a message.
    if (needed === 'write' && request.method === 'POST' && names.at(-1) !== undefined) {
      this.charge(identity, names.at(-1)!, http.getResponse<Response>());
    }
    return true;
  }

  private charge(identity: Identity, username: string, response: Response): void {
    const takeBack = this.slowMode.charge(identity, username);
    response.once('finish', () => {
      if (response.statusCode >= 400) takeBack();
    });
  }
}

/** The names under which the request may write, the likeliest last; one that is not valid is refused by the route. */
function namesOf({ kind, username }: Identity, body: unknown): readonly (string | undefined)[] {
  const given = (body as { username?: unknown } | undefined)?.username;
  if (username !== undefined || typeof given !== 'string') return [username];
  try {
    const name = normalizeUsername(given);
    return kind === 'guest' && !name.startsWith(GUEST_MARK) ? [name, GUEST_MARK + name] : [name];
  } catch (error) {
    if (error instanceof AppError) return [undefined];
    throw error;
  }
}
