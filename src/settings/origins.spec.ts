import type { IncomingMessage } from 'node:http';
import { AllowedOrigins, isOriginList } from './origins';
import { trustOf } from './proxy-trust';

/** Whether `ALLOWED_ORIGINS` allows a page of the origin to use a server requested with these headers. */
function allows(setting: string, origin: string, headers: object, trustProxy = 'false'): boolean {
  const request = { headers: { origin, ...headers }, socket: { remoteAddress: '127.0.0.1' } };
  return new AllowedOrigins(setting, trustOf(trustProxy)).allow(request as IncomingMessage);
}

describe('isOriginList', () => {
  it.each([
    '*',
    'https://chat.example.org',
    'https://a.example, http://localhost:3000',
    'HTTPS://Chat.Example.Org:443',
    'https://bücher.example',
    'http://[::1]:8000',
    'https://*.example.org',
    'http://*.localhost:3000',
    'capacitor://localhost',
    'ionic://localhost,tauri://localhost',
    'app://-',
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
    'moz-extension://0a1b2c3d-0000-4000-8000-000000000000',
    'moz-extension://*',
  ])('accepts %s', (setting) => expect(isOriginList(setting)).toBe(true));

  it.each([
    '',
    'null',
    'chat.example.org',
    '*.example.org',
    'https://chat.example.org/',
    'https://chat.example.org/path',
    'https://max@chat.example.org',
    'https://a.example,',
    '*,https://a.example',
    'https://*',
    'https://*.',
    'https://**.example.org',
    'https://*example.org',
    'https://chat.*.org',
    'https://*.*.example.org',
    'https://*.192.0.2.1',
    'https://*.[::1]',
    'https://exa mple.org',
    'https://chat.example.org:port',
    'https://chat.example.org:70000',
    'htps://chat.example.org',
    'wss://chat.example.org',
    'file://',
    'capacitor://*.localhost/x',
    'https:chat.example.org',
  ])('refuses %p', (setting) => expect(isOriginList(setting)).toBe(false));
});

describe('AllowedOrigins', () => {
  const host = 'chat.example.org';

  it.each([
    ['https://a.example', 'https://a.example'],
    ['https://a.example:443', 'https://a.example'],
    ['https://a.example', 'HTTPS://A.Example:443'],
    ['https://bücher.example', 'https://xn--bcher-kva.example'],
    ['https://*.example.net', 'https://a.example.net'],
    ['https://*.example.net', 'https://a.b.example.net'],
    ['https://*.example.net:8443', 'https://a.example.net:8443'],
    ['capacitor://localhost', 'capacitor://localhost'],
    ['tauri://localhost', 'tauri://localhost'],
    ['ionic://localhost', 'ionic://localhost'],
    ['chrome-extension://abcdef', 'chrome-extension://abcdef'],
    ['moz-extension://*', 'moz-extension://0a1b2c3d'],
    // The server's own page.
    ['https://a.example', 'https://chat.example.org'],
    ['https://a.example', 'http://chat.example.org'],
    ['https://a.example', 'https://CHAT.example.org:443'],
  ])('of %s allow %s', (setting, origin) => {
    expect(allows(setting, origin, { host })).toBe(true);
  });

  it.each([
    ['https://a.example', 'http://a.example'],
    ['https://a.example', 'https://a.example:8443'],
    ['https://a.example', 'https://a.example.evil'],
    ['https://a.example', 'https://a.example@evil'],
    ['https://a.example', 'https://a.example, https://evil'],
    ['https://a.example', 'null'],
    ['https://a.example', ''],
    ['https://*.example.net', 'https://example.net'],
    ['https://*.example.net', 'https://evilexample.net'],
    ['https://*.example.net', 'https://.example.net'],
    ['https://*.example.net', 'http://a.example.net'],
    ['https://*.example.net', 'https://a.example.net:8443'],
    ['https://*.example.net', 'https://a.example.net.evil'],
    ['capacitor://localhost', 'ionic://localhost'],
    ['moz-extension://*', 'chrome-extension://abcdef'],
    ['https://a.example', 'https://chat.example.org:8000'],
    ['https://a.example', 'capacitor://chat.example.org'],
  ])('of %s do not allow %s', (setting, origin) => {
    expect(allows(setting, origin, { host })).toBe(false);
  });

  it('of * allow any origin, including null', () => {
    for (const origin of ['https://evil', 'null']) expect(allows('*', origin, {})).toBe(true);
  });

  it.each([
    ['http://localhost:8000', 'localhost:8000'],
    ['http://localhost', 'localhost:80'],
    ['https://[::1]', '[::1]:443'],
    ['http://127.0.0.1:8000', '127.0.0.1:8000'],
  ])('always allow %s on a server requested as %s', (origin, host) => {
    expect(allows('https://a.example', origin, { host })).toBe(true);
  });

  it.each([
    ['false', false],
    ['loopback', true],
  ])('with TRUST_PROXY=%s trust the host reported by a proxy: %s', (trustProxy, isAllowed) => {
    const headers = { host: '10.0.0.1:8000', 'x-forwarded-host': 'chat.example.org, inner' };
    expect(allows('https://a.example', 'https://chat.example.org', headers, trustProxy)).toBe(isAllowed);
  });
});
