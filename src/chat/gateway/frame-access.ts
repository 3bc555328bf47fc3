import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access';
import { Sanctions } from '../../moderation/sanctions';
import { AppError } from '../../platform/errors/app-error';
import { Clock } from '../../platform/lifecycle/clock';
import type { ClientFrame } from '../protocol/frames';
import type { Session } from '../sessions/session';

/** The first decision about a frame: whether its sender may do such a thing at all. Must not know what the frame says. */
@Injectable()
export class FrameAccess {
  constructor(
    private readonly access: Access,
    private readonly clock: Clock,
    private readonly sanctions: Sanctions,
  ) {}

  /** @throws AppError */
  require({ identity }: Session, needs: ClientFrame['needs']): void {
    if (needs === 'open') return;
    // Between the end of a token and the next check of `TokenExpiry`.
    if (identity.expiresAt !== undefined && identity.expiresAt <= this.clock.now()) throw new AppError('token_expired');
    this.access.require(identity, needs);
    // Of the identity; a name without one is known to the frame's policy.
    if (needs === 'write') this.sanctions.require(identity);
    else this.sanctions.requireNotBanned(identity);
  }
}
