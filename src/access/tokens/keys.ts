import type { OnModuleDestroy } from '@nestjs/common';
import type { Clock } from '../../platform/lifecycle/clock';
import type { Settings } from '../../settings/settings';
import type { KeySource } from './key-source';
import { fetchKeySet } from './provider';
import { ProviderKeys } from './provider-keys';
import { SharedSecrets } from './shared-secrets';

/** The source of keys chosen by the settings: a provider, or shared secrets. Without either, no token is valid. */
export class Keys implements OnModuleDestroy {
  private constructor(
    readonly source: KeySource,
    /** Undefined with shared secrets. */
    readonly provider: ProviderKeys | undefined,
  ) {}

  /** Waits for the provider. @throws StartupError when it does not answer in time */
  static async open(settings: Readonly<Settings>, clock: Clock): Promise<Keys> {
    const { AUTH_ISSUER, AUTH_JWKS_URL, AUTH_JWT_SECRET, AUTH_JWT_SECRET_PREVIOUS } = settings;
    const isShared = AUTH_JWT_SECRET !== '' || (AUTH_ISSUER === '' && AUTH_JWKS_URL === '');
    if (isShared) {
      const secrets = [AUTH_JWT_SECRET, AUTH_JWT_SECRET_PREVIOUS].filter((secret) => secret !== '');
      return new Keys(new SharedSecrets(secrets), undefined);
    }
    const provider = new ProviderKeys(() => fetchKeySet({ issuer: AUTH_ISSUER, keySetUrl: AUTH_JWKS_URL }), clock);
    await provider.open();
    return new Keys(provider, provider);
  }

  onModuleDestroy(): void {
    this.provider?.close();
  }
}
