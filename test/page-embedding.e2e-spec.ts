import { http } from './support/http';
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
      // It can name no site: browsers that know nothing else would refuse those that are allowed.
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
