import type { IncomingMessage } from 'node:http';
import { type Origin, parseOrigin } from './origin';
import type { Trust } from './proxy-trust';
import { hostsOf } from './request-hosts';

/** `scheme://host`, `scheme://*.host`, `scheme://*`. */
const PATTERN = /^([a-z][a-z\d+.-]*:\/\/)(\*\.)?(.+)$/i;
/** Schemes of web pages; others belong to applications and extensions. */
const PAGE_SCHEME = /^https?$/;
/** Schemes that no origin has, and misspelt `https`: refused at startup, as they would never match. */
const IMPOSSIBLE_SCHEME = /^(h+t.*|wss?|file|ftp|data|blob|about|javascript)$/;

interface Pattern extends Origin {
  /** `below`: subdomains of the host, but not the host itself. */
  readonly matches: 'exactly' | 'below' | 'any';
}

/**
 * The origins whose pages may use the API, from `ALLOWED_ORIGINS`. Requests without `Origin`, as from programs
 * other than browsers, and those of the server's own page are always allowed.
 */
export class AllowedOrigins {
  readonly areAny: boolean;
  private readonly patterns: readonly Pattern[];

  constructor(
    setting: string,
    private readonly isTrusted: Trust,
  ) {
    this.areAny = setting === '*';
    this.patterns = this.areAny ? [] : setting.split(',').map((text) => parsePattern(text.trim())!);
  }

  allow(request: IncomingMessage): boolean {
    return this.areAny || this.allowByName(request);
  }

  /**
   * Like `allow`, but under `*` only the server's own page: for requests that browsers authenticate for any page, as with a
   * proxy's cookie (CSRF).
   */
  allowByName(request: IncomingMessage): boolean {
    const { origin: text } = request.headers;
    if (text === undefined) return true;
    const origin = parseOrigin(text);
    if (!origin) return false;
    const isOwnPage =
      PAGE_SCHEME.test(origin.scheme) && hostsOf(request, this.isTrusted).some((host) => isAt(origin, host));
    return isOwnPage || this.patterns.some((pattern) => isMatch(pattern, origin));
  }
}

/** Whether the setting is `*`, or a list of origins and of patterns that can match one. */
export function isOriginList(setting: string): boolean {
  return setting === '*' || setting.split(',').every((text) => parsePattern(text.trim()) !== undefined);
}

function parsePattern(text: string): Pattern | undefined {
  const [, start = '', wildcard, host = ''] = PATTERN.exec(text) ?? [];
  const scheme = start.slice(0, -'://'.length).toLowerCase();
  if (!PAGE_SCHEME.test(scheme) && IMPOSSIBLE_SCHEME.test(scheme)) return undefined;
  // For extensions, whose host is an identifier that differs between users in Firefox.
  if (host === '*' && !wildcard && !PAGE_SCHEME.test(scheme)) return { scheme, host, matches: 'any' };
  const origin = parseOrigin(start + host);
  // IP addresses have no subdomains.
  const isName = wildcard === undefined || parseOrigin(`${start}x.${host}`) !== undefined;
  return origin && isName ? { ...origin, matches: wildcard === undefined ? 'exactly' : 'below' } : undefined;
}

function isMatch({ scheme, host, matches }: Pattern, origin: Origin): boolean {
  if (scheme !== origin.scheme) return false;
  if (matches === 'below') return origin.host.length > host.length + 1 && origin.host.endsWith(`.${host}`);
  return matches === 'any' || host === origin.host;
}

/** The default port is that of the origin's scheme, as a proxy that terminates TLS connects over plain HTTP. */
function isAt({ scheme, host }: Origin, requested: string): boolean {
  return parseOrigin(`${scheme}://${requested}`)?.host === host;
}
