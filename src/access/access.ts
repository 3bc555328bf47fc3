import { Injectable } from '@nestjs/common';
import { AppError } from '../platform/errors/app-error';
import { hasIdentities } from '../settings/access-rules';
import { Settings } from '../settings/settings';
import type { Action, ChannelName, Identity } from './identity';
import { ANYBODY, CHANNEL, NOBODY } from './identity';

/** The single place that decides permissions. Must not know routes, frames or how an identity was proven. */
@Injectable()
export class Access {
  /** Whether identities exist: tokens, or a trusted proxy's header. */
  readonly isOn: boolean;
  /** Whether anything can be changed or moderated. */
  readonly hasChanges: boolean;
  /** Whether messages can be written over HTTP. */
  readonly takesPosts: boolean;
  /** Whether messages can be written over HTTP without a token. */
  readonly hasOpenPosts: boolean;
  /** Identity of a sender without a token. */
  readonly withoutToken: Identity;

  constructor(private readonly settings: Settings) {
    const { AUTH_GUESTS, MODERATOR_TOKEN } = settings;
    this.isOn = hasIdentities(settings);
    this.hasChanges = this.isOn || MODERATOR_TOKEN !== '';
    this.hasOpenPosts = settings.HTTP_POST === 'true';
    this.takesPosts = this.isOn || this.hasOpenPosts;
    const guest: Identity = {
      kind: 'guest',
      roles: [],
      can: { read: true, write: AUTH_GUESTS === 'write', moderate: false },
    };
    if (!this.isOn) this.withoutToken = ANYBODY;
    else this.withoutToken = AUTH_GUESTS === 'none' ? NOBODY : guest;
  }

  /** Permissions of an author with these roles. An empty role in the settings is granted to every author. */
  rightsOf(roles: readonly string[]): Identity['can'] {
    const { AUTH_READ_ROLE, AUTH_WRITE_ROLE, AUTH_MODERATE_ROLE } = this.settings;
    const has = (role: string) => role === '' || roles.includes(role);
    return { read: has(AUTH_READ_ROLE), write: has(AUTH_WRITE_ROLE), moderate: has(AUTH_MODERATE_ROLE) };
  }

  /** Whether requests can carry the text of a new or an edited message. */
  get takesTexts(): boolean {
    return this.takesPosts || this.hasChanges;
  }

  /** Whether the identity may do this in the channel. Expiry is left to the caller, which closes connections. */
  can({ can }: Identity, action: Action, channel: ChannelName = CHANNEL): boolean {
    return channel === CHANNEL && can[action];
  }

  /** Requires at least one of two permissions. @throws AppError as `require` does for the second one */
  requireEither(identity: Identity, action: Action, other: Action): void {
    if (!this.can(identity, action)) this.require(identity, other);
  }

  /** @throws AppError UNAUTHORIZED for `nobody`, FORBIDDEN for any other identity without the permission */
  require(identity: Identity, action: Action, channel: ChannelName = CHANNEL): void {
    if (this.can(identity, action, channel)) return;
    throw new AppError(identity.kind === 'nobody' ? 'token_missing' : `may_not_${action}`);
  }
}
