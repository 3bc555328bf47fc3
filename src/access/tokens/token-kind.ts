import type { JWSHeaderParameters, JWTPayload } from 'jose';

/** Types of an access token by RFC 9068, and of those that many providers issue. */
const ACCESS_TOKEN_TYPES = ['jwt', 'at+jwt'];
/** What Keycloak calls its other tokens in the payload, whatever the header says. */
const OTHER_KINDS = ['ID', 'Refresh', 'Offline', 'Logout'];

/**
 * Whether a token may be an access token, and not another kind that the issuer signs for the same audience (RFC 8725, section
 * 3.11). Without a type it may, as many have none; that lets in other providers' ID tokens, which Google has for access tokens.
 */
export function mayBeAccessToken({ typ }: JWSHeaderParameters, claims: JWTPayload): boolean {
  if (typ !== undefined && !(typeof typ === 'string' && ACCESS_TOKEN_TYPES.includes(withoutPrefix(typ)))) return false;
  // Only security events have these (RFC 8417), such as a provider's notice that a user has signed out.
  return claims.events === undefined && !OTHER_KINDS.includes(String(claims.typ));
}

/** Media types are case-insensitive, and may leave `application/` out: RFC 7515, section 4.1.9. */
function withoutPrefix(typ: string): string {
  return typ.toLowerCase().replace(/^application\//, '');
}
