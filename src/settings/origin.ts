/** A page's origin, in one form: lower case, names in ASCII, without the scheme's own port. */
export interface Origin {
  readonly scheme: string;
  /** Including the port, unless it is the default. */
  readonly host: string;
}

/** No path, not even `/`, no user, no wildcard. */
const ORIGIN = /^([a-z][a-z\d+.-]*):\/\/([^/?#@*\s\\,]+)$/i;
/** `URL` leaves the hosts of schemes it does not know as they are. */
const OWN_HOST = /^[\w.-]+(:\d+)?$/;

/** Parses the origin sent by a browser; undefined for anything else, `null` included. */
export function parseOrigin(text: string): Origin | undefined {
  const [, scheme, host] = ORIGIN.exec(text) ?? [];
  if (scheme === undefined || host === undefined || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.origin !== 'null') return { scheme: scheme.toLowerCase(), host: url.host };
  return OWN_HOST.test(host) ? { scheme: scheme.toLowerCase(), host: host.toLowerCase() } : undefined;
}
