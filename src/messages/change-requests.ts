import { Injectable } from '@nestjs/common';
import { Access } from '../access/access';
import type { Identity } from '../access/identity';
import { Clock } from '../platform/lifecycle/clock';
import { Settings } from '../settings/settings';
import type { ChangeRequest } from '../storage/message-change';

/** An edit or deletion requested by a client; `text` undefined: a deletion. */
interface Wish {
  readonly messageId: number;
  readonly text?: string;
  readonly clientId?: string;
  readonly reason?: string;
}

/** Turns a client's edit or deletion into a request to the log, with the rights of its identity. */
@Injectable()
export class ChangeRequests {
  constructor(
    private readonly settings: Settings,
    private readonly access: Access,
    private readonly clock: Clock,
  ) {}

  /** @param by name for `deleted_by` and the moderation log */
  of(identity: Identity, by: string, { messageId, text, clientId, reason }: Wish): ChangeRequest {
    const { EDIT_WINDOW_SECONDS: window } = this.settings;
    // One object shape, absent fields included: built by spreading, a request would take more memory than its frame.
    return {
      messageId,
      text,
      clientId,
      reason,
      authorId: identity.authorId,
      by,
      isModerator: this.access.can(identity, 'moderate'),
      changeableSince: window === 0 ? Number.MAX_SAFE_INTEGER : this.clock.now() - window * 1000,
      at: 0,
    };
  }
}
