import type { IncomingMessage } from 'node:http';
import { type Origin, parseOrigin } from './origin';
import type { Trust } from './proxy-trust';
import { hostsOf } from './request-hosts';

/** `scheme://host`, `scheme://*.host`, `scheme://*`. */
const PATTERN = /^([a-z][a-z\d+.-]*:\/\/)(\*\.)?(.+)$/i;
/** The schemes of pages; any other is an application's or an extension's own. */
const OF_PAGES = /^https?$/;
/** No page ever has such an origin: whoever lists one, or mistypes `https`, would wonder for long. */
const OF_NO_PAGE = /^(h+t.*|wss?|file|ftp|data|blob|about|javascript)$/;

interface Pattern extends Origin {
  /** `below`: every name that ends with the host, but not the host itself. */
  readonly matches: 'exactly' | 'below' | 'any';
}

/**
 * The browser pages that may use the API, by `ALLOWED_ORIGINS`. Programs that are no browsers send no origin, and the server's own
 * page is always allowed.
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
    const { origin: text } = request.headers;
    if (text === undefined || this.areAny) return true;
    const origin = parseOrigin(text);
    if (!origin) return false;
    const isOwnPage =
      OF_PAGES.test(origin.scheme) && hostsOf(request, this.isTrusted).some((host) => isAt(origin, host));
    return isOwnPage || this.patterns.some((pattern) => isMatch(pattern, origin));
  }
}

/** Whether the setting is `*`, or a list of origins and patterns that can match one. */
export function isOriginList(setting: string): boolean {
  return setting === '*' || setting.split(',').every((text) => parsePattern(text.trim()) !== undefined);
}

function parsePattern(text: string): Pattern | undefined {
  const [, start = '', wildcard, host = ''] = PATTERN.exec(text) ?? [];
  const scheme = start.slice(0, -'://'.length).toLowerCase();
  if (!OF_PAGES.test(scheme) && OF_NO_PAGE.test(scheme)) return undefined;
  // Extensions have an identifier, which in Firefox differs from user to user.
  if (host === '*' && !wildcard && !OF_PAGES.test(scheme)) return { scheme, host, matches: 'any' };
  const origin = parseOrigin(start + host);
  // Nothing is below an address.
  const isName = wildcard === undefined || parseOrigin(`${start}x.${host}`) !== undefined;
  return origin && isName ? { ...origin, matches: wildcard === undefined ? 'exactly' : 'below' } : undefined;
}

function isMatch({ scheme, host, matches }: Pattern, origin: Origin): boolean {
  if (scheme !== origin.scheme) return false;
  if (matches === 'below') return origin.host.length > host.length + 1 && origin.host.endsWith(`.${host}`);
  return matches === 'any' || host === origin.host;
}

/** The default port is that of the page's scheme: whoever ends TLS for the server asks it over plain HTTP. */
function isAt({ scheme, host }: Origin, asked: string): boolean {
  return parseOrigin(`${scheme}://${asked}`)?.host === host;
}
