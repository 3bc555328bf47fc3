import proxyAddr from 'proxy-addr';

/** Whether to trust the `X-Forwarded-*` headers set by this address, `hop` proxies away from the server. */
export type Trust = (address: string, hop: number) => boolean;

/** Compiles the value of `TRUST_PROXY`. */
export function trustOf(setting: string): Trust {
  const parsed = parseTrustProxy(setting);
  if (typeof parsed === 'boolean') return () => parsed;
  return typeof parsed === 'number' ? (_address, hop) => hop < parsed : proxyAddr.compile(parsed);
}

/** The value in the type of Express's `trust proxy`. */
export function parseTrustProxy(value: string): boolean | number | string[] {
  if (value === 'true' || value === 'false') return value === 'true';
  return /^\d{1,3}$/.test(value) ? Number(value) : value.split(',').map((part) => part.trim());
}

export function isTrustProxy(value: string): boolean {
  const parsed = parseTrustProxy(value);
  if (!Array.isArray(parsed)) return true;
  try {
    proxyAddr.compile(parsed);
    return true;
  } catch {
    return false;
  }
}
