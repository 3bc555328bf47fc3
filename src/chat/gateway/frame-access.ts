import { Injectable } from '@nestjs/common';
import { Access } from '../../access/access';
import { Sanctions } from '../../moderation/sanctions';
import type { ClientFrame } from '../protocol/client-frame';
import type { Session } from '../sessions/session';

/**
 * First decision about a frame: whether its sender may perform the action at all. Token expiry is not checked: reading the clock
 * would cost more than all else here, and `TokenExpiry` closes the connection within a second. Must not know what the frame says.
 */
@Injectable()
export class FrameAccess {
  constructor(
    private readonly access: Access,
    private readonly sanctions: Sanctions,
  ) {}

  /** @throws AppError */
  require({ identity }: Session, needs: ClientFrame['needs']): void {
    if (needs === 'open') return;
    this.access.require(identity, needs);
    // Sanctions of the identity; those of a name without one are checked by the frame's policy.
    if (needs === 'write') this.sanctions.require(identity);
    else this.sanctions.requireNotBanned(identity);
  }
}
