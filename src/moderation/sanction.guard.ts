import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request, Response } from 'express';
import type { Identity } from '../access/identity';
import { identityOf } from '../access/request-identity';
import { senderName } from '../access/sender-name';
import { MAX_CLIENT_ID_LENGTH } from '../messages/message-input';
import { AppError } from '../platform/errors/app-error';
import { idempotencyKeyOf } from '../platform/http/idempotency-key';
import { ROUTE_ACCESS, type RouteAccess } from '../platform/http/route-access';
import { Sanctions } from './sanctions';
import { SlowMode } from './slow-mode';

/**
 * Enforces mutes, bans and slow mode on the REST routes, as `FramePolicies` and `SocketMessages` do for frames. Runs after the
 * guard of `src/access`, which has authenticated the request. Must not know what a route does, only whether it writes.
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
    const name = nameOf(identity, request.body);
    if (needed === 'write' || needed === 'change') this.sanctions.require(identity, name);
    else this.sanctions.requireNotBanned(identity, name);
    // The only `write` route with POST creates a message.
    if (needed === 'write' && request.method === 'POST' && name !== undefined) {
      this.charge(identity, name, request, http.getResponse<Response>());
    }
    return true;
  }

  private charge(identity: Identity, username: string, request: Request, response: Response): void {
    const takeBack = this.slowMode.charge(identity, username, keyOf(request));
    response.once('finish', () => {
      // Refused later, or a repeat.
      if (response.statusCode !== 201) takeBack();
    });
  }
}

/** The name under which the request writes; undefined also for an invalid one, which the route refuses. */
function nameOf(identity: Identity, body: unknown): string | undefined {
  const given = (body as { username?: unknown } | undefined)?.username;
  if (identity.username !== undefined || typeof given !== 'string') return identity.username;
  return unlessRefused(() => senderName(identity, given));
}

function keyOf(request: Request): string | undefined {
  return unlessRefused(() => idempotencyKeyOf(request, MAX_CLIENT_ID_LENGTH));
}

function unlessRefused<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}
