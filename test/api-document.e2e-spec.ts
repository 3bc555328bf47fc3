import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { http } from './support/http';
import { startServer, type TestServer } from './support/server';

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

it('[A1] the committed document is the served one (npm run docs:write makes it anew)', () => {
  const committed: unknown = JSON.parse(readFileSync(join(__dirname, '../docs/openapi.json'), 'utf8'));
  expect(committed).toEqual(document);
});

it('[A1] it is OpenAPI 3 and names every route', () => {
  expect(document.openapi).toMatch(/^3\./);
  expect(Object.keys(document.paths).sort()).toEqual([
    '/api/messages',
    '/api/messages/recent',
    '/api/messages/stats',
    '/api/messages/stream',
    '/api/messages/user/{username}',
    '/health',
    '/health/live',
    '/health/ready',
    '/status',
  ]);
});

it('[A1] every route has its answer and every error answer with a schema', () => {
  for (const [path, { get: operation }] of Object.entries(document.paths)) {
    expect(operation!.summary).not.toBe('');
    const statuses = Object.keys(operation!.responses);
    const errors = path.startsWith('/api') ? ['429', '500', '503'] : ['500'];
    expect(statuses).toEqual(expect.arrayContaining(['200', ...errors]));
    for (const response of Object.values(operation!.responses)) expect(response.content).toBeDefined();
  }
  const parameterised = ['/api/messages', '/api/messages/recent', '/api/messages/user/{username}'];
  for (const path of parameterised) {
    expect(Object.keys(document.paths[path]!.get!.responses)).toEqual(expect.arrayContaining(['400', '422']));
  }
});

it('[A1] every reference leads somewhere, and the models carry the examples of the document', () => {
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

it('[A1] /docs shows it', async () => {
  const page = await http(`${server.url}/docs`);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toMatch(/^text\/html/);
  const script = await http(`${server.url}/docs/swagger-ui-bundle.js`);
  expect(script.status).toBe(200);
});
