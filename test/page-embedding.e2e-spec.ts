import { http, rawHttp } from './support/http';
import { startServer, type TestServer } from './support/server';

let server: TestServer;
afterEach(() => server.stop());

describe('the page in a frame of another site', () => {
  it.each([
    [{}, "'none'", 'DENY'],
    [{ FRAME_ANCESTORS: 'none' }, "'none'", 'DENY'],
    [{ FRAME_ANCESTORS: "'self'" }, "'self'", 'SAMEORIGIN'],
    [
      { FRAME_ANCESTORS: 'self, https://intranet.example.org' },
      "'self' https://intranet.example.org",
      // X-Frame-Options cannot name a site: old browsers would refuse the allowed ones.
      null,
    ],
    [{ FRAME_ANCESTORS: 'https://*.example.org' }, 'https://*.example.org', null],
  ])('[P16] with %p is for %s', async (environment: Record<string, string>, ancestors, older) => {
    server = await startServer(environment);
    const { headers } = await http(server.url);
    expect(headers.get('content-security-policy')!.split(';')).toContain(`frame-ancestors ${ancestors}`);
    expect(headers.get('x-frame-options')).toBe(older);
    const documents = await http(`${server.url}/docs`);
    expect(documents.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(documents.headers.get('x-frame-options')).toBe('DENY');
  });
});

describe('the element on other sites', () => {
  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(server.url + path, { method, headers: { origin: 'https://other.example', ...headers } });

  it('[P17] loads from everywhere, compressed, and again only when it is another one', async () => {
    server = await startServer({ ALLOWED_ORIGINS: 'https://chat.example' });
    const plain = await ask('/chat-room.js', { 'accept-encoding': 'identity' });
    expect(plain.status).toBe(200);
    expect(plain.headers.get('access-control-allow-origin')).toBe('*');
    expect(plain.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(plain.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(plain.headers.get('cache-control')).toBe('public, no-cache');
    expect(plain.headers.get('vary')).toBe('Accept-Encoding');
    const small = await ask('/chat-room.js', { 'accept-encoding': 'br, gzip' });
    expect(small.headers.get('content-encoding')).toBe('gzip');
    expect(await small.text()).toBe(await plain.text());
    const tag = small.headers.get('etag')!;
    // `fetch` would add `Cache-Control: no-cache`.
    const again = (known: string) =>
      rawHttp(
        server.port,
        `GET /chat-room.js HTTP/1.1\r\nHost: x\r\nIf-None-Match: ${known}\r\nConnection: close\r\n\r\n`,
      );
    expect(await again(tag)).toMatch(/^HTTP\/1\.1 304 /);
    expect(await again('W/"other"')).toMatch(/^HTTP\/1\.1 200 /);
    expect((await ask('/chat-room.js', {}, 'HEAD')).headers.get('etag')).toBe(tag);
    for (const path of ['/api/messages', '/access.json', '/chat.js', '/chat-room.js/x']) {
      expect([path, (await ask(path)).headers.get('access-control-allow-origin')]).toEqual([path, null]);
    }
  });

  it('[P17] is gone with the page', async () => {
    server = await startServer({ WEB_PAGE: 'off' });
    expect((await ask('/chat-room.js')).status).toBe(404);
  });
});
