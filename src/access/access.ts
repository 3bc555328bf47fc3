import { Injectable } from '@nestjs/common';
import { AppError } from '../platform/errors/app-error';
import { hasIdentities } from '../settings/access-rules';
import { Settings } from '../settings/settings';
import type { Action, ChannelName, Identity } from './identity';
import { ANYBODY, CHANNEL, NOBODY } from './identity';

/** The one place that decides who may do what. Must not know routes, frames or how an identity was proven. */
@Injectable()
export class Access {
  /** Whether identities exist: tokens, or a trusted proxy's header. */
  readonly isOn: boolean;
  /** Whether anything can be changed or moderated. */
  readonly hasChanges: boolean;
  /** Whether messages can be written over HTTP. */
  readonly takesPosts: boolean;
  /** The same without a token. */
  readonly hasOpenPosts: boolean;
  /** Who somebody without a token is. */
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

  /** What somebody with an identity may do, by their roles. An empty role is everybody's. */
  rightsOf(roles: readonly string[]): Identity['can'] {
    const { AUTH_READ_ROLE, AUTH_WRITE_ROLE, AUTH_MODERATE_ROLE } = this.settings;
    const has = (role: string) => role === '' || roles.includes(role);
    return { read: has(AUTH_READ_ROLE), write: has(AUTH_WRITE_ROLE), moderate: has(AUTH_MODERATE_ROLE) };
  }

  /** Whether a request can bring a text, of a new message or of an edited one. */
  get takesTexts(): boolean {
    return this.takesPosts || this.hasChanges;
  }

  /** Whether the identity may do this in the channel. Expiry is the caller's: it ends connections. */
  can({ can }: Identity, action: Action, channel: ChannelName = CHANNEL): boolean {
    return channel === CHANNEL && can[action];
  }

  /** The same for somebody who may do one of two things. @throws AppError as `require` does for the second one */
  requireEither(identity: Identity, action: Action, other: Action): void {
    if (!this.can(identity, action)) this.require(identity, other);
  }

  /** @throws AppError UNAUTHORIZED for nobody, FORBIDDEN for anybody else who may not */
  require(identity: Identity, action: Action, channel: ChannelName = CHANNEL): void {
    if (this.can(identity, action, channel)) return;
    throw new AppError(identity.kind === 'nobody' ? 'token_missing' : `may_not_${action}`);
  }
}
