import { ValidateBy, type ValidationArguments } from 'class-validator';
import { isTrustProxy, parseTrustProxy, trustOf } from './proxy-trust';

/** The settings that the rules compare with. */
type Settings = Readonly<
  Record<
    'AUTH_ISSUER' | 'AUTH_JWKS_URL' | 'AUTH_JWT_SECRET' | 'AUTH_AUDIENCE' | 'AUTH_PROXY_HEADER' | 'TRUST_PROXY',
    string
  >
>;

/** A rule that involves other settings; an empty value is always allowed. `message` states the allowed values. */
function rule(name: string, message: string, isMet: (value: string, settings: Settings) => boolean): PropertyDecorator {
  const validate = (value: unknown, args?: ValidationArguments) =>
    value === '' || isMet(String(value), args?.object as Settings);
  return ValidateBy({ name, validator: { validate } }, { message });
}

/** The source of keys: over plain HTTP, anybody on the path could replace them. */
export const IsProviderUrl = () =>
  rule('isProviderUrl', 'an https:// URL without user and query; http:// only for localhost', isProviderUrl);

/** Without an audience, tokens for other services of the same provider would be accepted. */
export const NeedsAudience = () =>
  rule('needsAudience', 'only together with AUTH_AUDIENCE', (_url, { AUTH_AUDIENCE }) => AUTH_AUDIENCE !== '');

/** Algorithm confusion: a public key must never serve as an HMAC secret. */
export const NotWithKeys = () =>
  rule(
    'notWithKeys',
    'not together with AUTH_ISSUER or AUTH_JWKS_URL',
    (_secret, { AUTH_ISSUER, AUTH_JWKS_URL }) => AUTH_ISSUER === '' && AUTH_JWKS_URL === '',
  );

/** The page finds the provider by discovery. */
export const NeedsIssuer = () =>
  rule('needsIssuer', 'only together with AUTH_ISSUER', (_client, { AUTH_ISSUER }) => AUTH_ISSUER !== '');

/** Whether a source of identities is set. */
export function hasIdentities({
  AUTH_ISSUER,
  AUTH_JWKS_URL,
  AUTH_JWT_SECRET,
  AUTH_PROXY_HEADER,
}: Pick<Settings, 'AUTH_ISSUER' | 'AUTH_JWKS_URL' | 'AUTH_JWT_SECRET' | 'AUTH_PROXY_HEADER'>): boolean {
  return [AUTH_ISSUER, AUTH_JWKS_URL, AUTH_JWT_SECRET, AUTH_PROXY_HEADER].some((source) => source !== '');
}

/**
 * For settings that presuppose identities: if their source is missing, for example because its value got lost, anybody could do
 * anything.
 * @param harmless the value that grants nothing
 */
export const NeedsIdentities = (harmless = '') =>
  rule(
    'needsIdentities',
    'only together with AUTH_ISSUER, AUTH_JWKS_URL, AUTH_JWT_SECRET or AUTH_PROXY_HEADER',
    (value, settings) => value === harmless || hasIdentities(settings),
  );

export const NeedsSecret = () =>
  rule('needsSecret', 'only together with AUTH_JWT_SECRET', (_previous, { AUTH_JWT_SECRET }) => AUTH_JWT_SECRET !== '');

/** Headers with another meaning, which clients send themselves. */
const OTHER_HEADERS =
  /^(authorization|cookie|host|origin|connection|upgrade|content-.*|accept.*|sec-.*|x-forwarded-(for|host|proto))$/i;

export const IsIdentityHeader = () =>
  rule('isIdentityHeader', 'a header that the proxy alone sets', (name) => !OTHER_HEADERS.test(name));

/** A trusted proxy can impersonate any user: its addresses must be listed, and must not cover the whole internet. */
export const NeedsNamedProxies = () =>
  rule(
    'needsNamedProxies',
    'only together with a TRUST_PROXY that lists the addresses of the proxy',
    (_header, { TRUST_PROXY }) => Array.isArray(parseTrustProxy(TRUST_PROXY)) && !isAnybodyTrusted(TRUST_PROXY),
  );

export const NeedsProxyHeader = () =>
  rule(
    'needsProxyHeader',
    'only together with AUTH_PROXY_HEADER, and another header',
    (name, { AUTH_PROXY_HEADER }) => AUTH_PROXY_HEADER !== '' && AUTH_PROXY_HEADER.toLowerCase() !== name.toLowerCase(),
  );

function isProviderUrl(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { protocol, hostname, username, password, search, hash } = new URL(value);
  if ([username, password, search, hash].some((part) => part !== '')) return false;
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname));
}

/** Probes with two IPv4 addresses that share no real network, and with one IPv6 address. */
function isAnybodyTrusted(trustProxy: string): boolean {
  // Reported by the rule of TRUST_PROXY.
  if (!isTrustProxy(trustProxy)) return false;
  const isTrusted = trustOf(trustProxy);
  return ['192.0.2.1', '203.0.113.1'].every((address) => isTrusted(address, 0)) || isTrusted('2001:db8::1', 0);
}
