import proxyAddr from 'proxy-addr';

export type Trust = (address: string, hop: number) => boolean;

/** Whether a proxy may name the address of who is before it, by the value of `TRUST_PROXY`. */
export function trustOf(setting: string): Trust {
  const parsed = parseTrustProxy(setting);
  if (typeof parsed === 'boolean') return () => parsed;
  return typeof parsed === 'number' ? (_address, hop) => hop < parsed : proxyAddr.compile(parsed);
}

/** The value in the type Express wants. */
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
