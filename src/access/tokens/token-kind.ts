import type { JWSHeaderParameters, JWTPayload } from 'jose';

/** Header types of access tokens: that of RFC 9068, and the one that many providers issue. */
const ACCESS_TOKEN_TYPES = ['jwt', 'at+jwt'];
/** Values of Keycloak's `typ` claim for its other tokens; their header does not distinguish them. */
const OTHER_KINDS = ['ID', 'Refresh', 'Offline', 'Logout'];

/**
 * Whether a token may be an access token, and not another kind that the issuer signs for the same audience (RFC 8725, section
 * 3.11). A missing type is accepted, as it is common. That admits other providers' ID tokens, which serve as access tokens with
 * Google.
 */
export function mayBeAccessToken({ typ }: JWSHeaderParameters, claims: JWTPayload): boolean {
  if (typ !== undefined && !(typeof typ === 'string' && ACCESS_TOKEN_TYPES.includes(withoutPrefix(typ)))) return false;
  // Only security event tokens have `events` (RFC 8417), such as a logout token.
  return claims.events === undefined && !OTHER_KINDS.includes(String(claims.typ));
}

/** Media types are case-insensitive, and may leave `application/` out: RFC 7515, section 4.1.9. */
function withoutPrefix(typ: string): string {
  return typ.toLowerCase().replace(/^application\//, '');
}
