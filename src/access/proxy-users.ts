import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { AddressBudget } from '../limits/address-budget';
import { AppError } from '../platform/errors/app-error';
import { digest } from '../platform/text/secret';
import { AllowedOrigins } from '../settings/origins';
import { type Trust, trustOf } from '../settings/proxy-trust';
import { Settings } from '../settings/settings';
import { Access } from './access';
import { PROXY_ISSUER } from './authenticator';
import { Authors } from './authors';
import { FailedAttempts } from './failed-attempts';
import type { Identity } from './identity';
import { KnownIdentities } from './known-identities';
import { nameOf } from './name-of';
import { rolesIn } from './tokens/claim';

/** Maximum length of the headers, in bytes; the user header becomes a subject. */
const MAX_USER_BYTES = 255;
const MAX_ROLES_BYTES = 8_192;

/**
 * Users named by a header of a trusted proxy. The header counts only on connections from an address of TRUST_PROXY: any client
 * can send it. Must not look at `X-Forwarded-For`, which names the client, not the peer.
 */
@Injectable()
export class ProxyUsers {
  private readonly known = new KnownIdentities();
  private readonly isTrusted: Trust;
  private readonly userHeader: string;
  private readonly rolesHeader: string;

  constructor(
    settings: Settings,
    private readonly access: Access,
    private readonly authors: Authors,
    private readonly failures: FailedAttempts,
    private readonly origins: AllowedOrigins,
  ) {
    this.isTrusted = trustOf(settings.TRUST_PROXY);
    this.userHeader = settings.AUTH_PROXY_HEADER.toLowerCase();
    this.rolesHeader = settings.AUTH_PROXY_ROLES_HEADER.toLowerCase();
  }

  /**
   * The user named by the proxy; undefined without a proxy, or if it names none.
   * @throws AppError `token_invalid` for a header that cannot be one name, `origin_foreign` for a page of an origin that is not
   * allowed, `token_name`, `name_owned`, `name_lookalike`, `names_used_up`, `database_down`, `auth_rate`
   */
  identify(request: IncomingMessage, address?: AddressBudget): Identity | Promise<Identity> | undefined {
    const user = this.read(request, this.userHeader);
    if (user === undefined) return undefined;
    // CSRF: the proxy knows its user by a cookie, which a browser may send with any page's requests.
    if (!this.origins.allowByName(request)) throw new AppError('origin_foreign');
    const roles = this.read(request, this.rolesHeader) ?? '';
    // A digest, as Node's header strings may keep the whole request alive.
    const proof = digest(JSON.stringify([user, roles])).toString('latin1');
    return (
      this.known.get(proof) ??
      this.failures.watch(address, () => this.known.check(proof, () => this.prove(user, roles)))
    );
  }

  /**
   * The header of a trusted peer; undefined where it is absent or empty.
   * @throws AppError `token_invalid` for a repeated header, one of which may be the client's own
   */
  private read({ headers, headersDistinct, socket }: IncomingMessage, name: string): string | undefined {
    const given = name === '' ? undefined : headers[name];
    if (given === undefined || given === '' || !this.isTrusted(socket.remoteAddress ?? '', 0)) return undefined;
    if (headersDistinct[name]!.length > 1) throw new AppError('token_invalid');
    return String(given);
  }

  private async prove(user: string, roles: string): Promise<Identity> {
    // A list may be the client's own header with the proxy's appended.
    if (user.includes(',') || user.length > MAX_USER_BYTES || roles.length > MAX_ROLES_BYTES) {
      throw new AppError('token_invalid');
    }
    const subject = decoded(user).trim();
    const username = nameOf(subject);
    const authorId = await this.authors.identify(PROXY_ISSUER, subject, username);
    const list = rolesIn(roles.split(',').map((role) => decoded(role).trim()));
    return { kind: 'author', authorId, username, roles: list, can: this.access.rightsOf(list) };
  }
}

/** Node decodes header bytes as Latin-1; proxies send UTF-8. */
function decoded(header: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(header, 'latin1'));
  } catch {
    throw new AppError('token_invalid');
  }
}
