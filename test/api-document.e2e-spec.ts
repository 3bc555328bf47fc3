import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Routes } from '../src/platform/http/routes';
import { http } from './support/http';
import { startServer, type TestServer } from './support/server';
import { until } from './support/until';

interface Operation {
  summary: string;
  responses: Record<string, { content?: { 'application/json': { schema: { $ref?: string } } } }>;
}
interface Document {
  openapi: string;
  info: { version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { properties: Record<string, { example?: unknown; $ref?: string }> }> };
}

let server: TestServer;
let document: Document;
beforeAll(async () => {
  server = await startServer();
  document = (await http(`${server.url}/docs-json`)).body as Document;
});
afterAll(() => server.stop());

it('[A1] the committed document equals the served one (regenerate with npm run docs:write)', () => {
  const committed: unknown = JSON.parse(readFileSync(join(__dirname, '../docs/openapi.json'), 'utf8'));
  expect(committed).toEqual(document);
});

/** Routes outside the REST API. */
const UNDOCUMENTED = ['GET /docs/asyncapi.json', 'GET /docs/ws', 'GET /metrics', 'GET /ws'];

function operations(): [route: string, operation: Operation][] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [
      `${method.toUpperCase()} ${path}`,
      operation,
    ]),
  );
}

it('[A1] the document is OpenAPI 3 and lists every route', () => {
  expect(document.openapi).toMatch(/^3\./);
  const routes = server.app.get(Routes).all.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`);
  expect([...operations().map(([route]) => route), ...UNDOCUMENTED].sort()).toEqual(routes.sort());
});

it('[A1] no documented route is shadowed by a parameterised one', async () => {
  const own = await startServer();
  const paths = Object.keys(document.paths).filter((path) => document.paths[path]!.get);
  for (const path of paths) {
    // A stream never ends: the headers suffice.
    const request = new AbortController();
    await fetch(own.url + path.replace(/\{\w+\}/g, 'x'), { signal: request.signal });
    request.abort();
  }
  const answered = async () => {
    const { text } = await http(`${own.url}/metrics`);
    const counts = text.matchAll(/^http_request_duration_seconds_count\{method="GET",route="([^"]+)".*\} (\d+)$/gm);
    return Array.from(counts, ([, route, count]) => Array<string>(Number(count)).fill(route!)).flat();
  };
  const ofDocument = async () => (await answered()).filter((route) => route !== '/metrics');
  await until(async () => (await ofDocument()).length === paths.length);
  const routes = await ofDocument();
  await own.stop();
  expect(routes.sort()).toEqual(paths.map((path) => path.replace(/\{(\w+)\}/g, ':$1')).sort());
});

it('[A1] every route documents its answer and every error answer with a schema', () => {
  for (const [route, operation] of operations()) {
    expect(operation.summary).not.toBe('');
    const statuses = Object.keys(operation.responses);
    const errors = route.includes(' /api') ? ['429', '500', '503'] : ['500'];
    expect(statuses).toEqual(expect.arrayContaining(errors));
    expect(statuses.some((status) => status.startsWith('2'))).toBe(true);
    for (const [status, response] of Object.entries(operation.responses)) {
      if (status !== '204') expect(response.content).toBeDefined();
    }
  }
  const parameterised = ['/api/messages', '/api/messages/recent', '/api/messages/user/{username}'];
  for (const path of parameterised) {
    expect(Object.keys(document.paths[path]!.get!.responses)).toEqual(expect.arrayContaining(['400', '422']));
  }
});

it('[A1] every reference resolves, and models carry the examples of the document', () => {
  const references = [...JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(
    (match) => match[1]!,
  );
  for (const name of references) expect(Object.keys(document.components.schemas)).toContain(name);
  const examples = (name: string) =>
    Object.fromEntries(
      Object.entries(document.components.schemas[name]!.properties).map(([key, property]) => [key, property.example]),
    );
  expect(examples('MessageDto')).toEqual({
    id: 1,
    username: 'Benutzer',
    message: 'Hallo Welt',
    timestamp: '2024-01-01T12:00:00',
  });
  expect(examples('ErrorResponse')).toMatchObject({ error: true, message: 'Fehlerbeschreibung' });
});

it('[A1] /docs shows the document', async () => {
  const page = await http(`${server.url}/docs`);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toMatch(/^text\/html/);
  const script = await http(`${server.url}/docs/swagger-ui-bundle.js`);
  expect(script.status).toBe(200);
});
