import type { JSONWebKeySet, JWK } from 'jose';
import { fetchJson } from './fetch-json';

/** Maximum keys of a set. Providers have two to five. */
const MAX_KEYS = 100;

/** Location of the keys: the URL in the settings, or the one in the issuer's discovery document. */
export interface ProviderAddress {
  readonly issuer: string;
  readonly keySetUrl: string;
}

/**
 * Reads the keys of the one identity provider of the settings.
 * @throws Error with a text for operators
 */
export async function fetchKeySet({ issuer, keySetUrl }: ProviderAddress): Promise<JSONWebKeySet> {
  const url = keySetUrl || (await discoverKeySetUrl(issuer));
  const set = (await fetchJson(url)) as { keys?: unknown } | null;
  if (!Array.isArray(set?.keys)) throw new Error(`${url}: its answer is not a key set`);
  // The set may also contain encryption keys and keys of unknown types.
  const keys = set.keys.filter(isKey);
  if (keys.length === 0) throw new Error(`${url}: the key set has no keys`);
  if (keys.length > MAX_KEYS) throw new Error(`${url}: the key set has more than ${MAX_KEYS} keys`);
  return { keys };
}

/** OpenID Connect Discovery 1.0, section 4. The document must name this issuer, or its keys may be another's. */
async function discoverKeySetUrl(issuer: string): Promise<string> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const document = (await fetchJson(url)) as { issuer?: unknown; jwks_uri?: unknown } | null;
  if (document?.issuer !== issuer) {
    throw new Error(
      `${url}: it names another issuer; AUTH_ISSUER must be exactly what it says, slash at the end included`,
    );
  }
  const { jwks_uri: keySetUrl } = document;
  if (typeof keySetUrl !== 'string' || !isFit(keySetUrl, issuer)) {
    throw new Error(`${url}: its jwks_uri is not an https:// URL`);
  }
  return keySetUrl;
}

/** Plain HTTP only on the host of a plain HTTP issuer, which the settings limit to localhost. */
function isFit(keySetUrl: string, issuer: string): boolean {
  if (!URL.canParse(keySetUrl)) return false;
  const { protocol, hostname } = new URL(keySetUrl);
  const own = new URL(issuer);
  return protocol === 'https:' || (protocol === 'http:' && own.protocol === 'http:' && own.hostname === hostname);
}

function isKey(key: unknown): key is JWK {
  return typeof key === 'object' && key !== null && 'kty' in key && typeof key.kty === 'string';
}
