import type { Snapshot } from '@chat-system/client';
import type { OwnMessages } from '../memory/own-messages.js';
import type { Message } from '../api.js';

/** Owns the user's permissions on a message. The server decides; this only hides actions that it would refuse. */
export class Permissions {
  /** Time in which authors may change their messages, in milliseconds. */
  editWindowMs = 0;
  private isAsked = false;

  constructor(
    private readonly own: OwnMessages,
    private readonly snapshot: () => Snapshot | undefined,
  ) {}

  /** By identity on servers with authentication, otherwise by the ids sent from this browser: a name alone proves nothing. */
  isOwn(message: Message): boolean {
    // Another user may have sent it from this browser, under their own identity.
    const isKnown = message.isVerified && Boolean(this.snapshot()?.username);
    return this.isByIdentity(message) || (!isKnown && this.own.has(message));
  }

  canEdit(message: Message): boolean {
    const isInTime = Date.now() - message.time < this.editWindowMs;
    return (
      Boolean(this.snapshot()?.can?.write) && this.isByIdentity(message) && isInTime && message.deletedAt === undefined
    );
  }

  canDelete(message: Message): boolean {
    return message.deletedAt === undefined && (this.canEdit(message) || this.canModerate);
  }

  get canModerate(): boolean {
    return Boolean(this.snapshot()?.can?.moderate);
  }

  /** Fetches the server's rules for edits, once, and only for users with permissions. */
  async learn(server: string): Promise<void> {
    if (this.isAsked || !this.snapshot()?.can) return;
    this.isAsked = true;
    try {
      const response = await fetch(`${server}/access.json`);
      const { changes, edit_window_seconds: seconds } = (await response.json()) as Record<string, unknown>;
      if (changes === true && typeof seconds === 'number') this.editWindowMs = seconds * 1000;
    } catch {
      // A server that serves no page has no such file: editing stays unavailable here.
    }
  }

  private isByIdentity({ isVerified, username }: Message): boolean {
    return isVerified && username === this.snapshot()?.username;
  }
}
