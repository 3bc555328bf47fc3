import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TObject } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { Ajv } from 'ajv';
import type { ClientFrame } from '../src/chat/protocol/client-frame';
import { CLIENT_FRAMES, SERVER_FRAMES } from '../src/chat/protocol/frames';
import { errorResponse, http } from './support/http';
import { startServer, type TestServer } from './support/server';

interface Message {
  name: string;
  payload: object;
  examples: { payload: object }[];
}
interface Document {
  asyncapi: string;
  channels: Record<string, { address: string; messages: Record<string, Message> }>;
  operations: Record<string, { action: string; messages: { $ref: string }[]; security?: { $ref: string }[] }>;
  servers: Record<string, { security: { $ref: string }[] }>;
  components: { securitySchemes: Record<string, object> };
}

/** Frames by protocol version and server action. */
const FRAMES: Record<string, Record<string, Record<string, TObject>>> = {
  v1: { receive: schemasOf(CLIENT_FRAMES.v1), send: SERVER_FRAMES.v1 },
  v2: { receive: schemasOf(CLIENT_FRAMES.v2), send: SERVER_FRAMES.v2 },
};
function schemasOf(rows: Record<string, ClientFrame>): Record<string, TObject> {
  return Object.fromEntries(Object.entries(rows).map(([name, { schema }]) => [name, schema]));
}
const every = Object.entries(FRAMES).flatMap(([version, directions]) =>
  Object.entries(directions).flatMap(([action, frames]) =>
    Object.entries(frames).map(([name, schema]) => ({ version, action, name, schema })),
  ),
);

let server: TestServer;
let document: Document;
beforeAll(async () => {
  server = await startServer();
  document = (await http(`${server.url}/docs/asyncapi.json`)).body as Document;
});
afterAll(() => server.stop());

it('[A5] the committed document equals the served one (regenerate with npm run docs:write)', () => {
  const committed: unknown = JSON.parse(readFileSync(join(__dirname, '../docs/asyncapi.json'), 'utf8'));
  expect(committed).toEqual(document);
});

it('[A5] the document conforms to the published AsyncAPI 3 schema, and every reference resolves', () => {
  const published = join(__dirname, `../node_modules/@asyncapi/specs/schemas/${document.asyncapi}.json`);
  const schema = JSON.parse(readFileSync(published, 'utf8')) as object;
  // The schema bundles the JSON Schema meta-schema and uses keywords specific to AsyncAPI.
  const ajv = new Ajv({ strict: false, meta: false, validateSchema: false, validateFormats: false });
  expect(document.asyncapi).toMatch(/^3\./);
  expect([ajv.validate(schema, document), ajv.errors]).toEqual([true, null]);
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path!);
  const targetOf = (path: string) =>
    path.split('/').reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], document);
  expect(references).not.toHaveLength(0);
  expect(references.filter((path) => targetOf(path) === undefined)).toEqual([]);
});

it.each(every)('[A5] $version, $action $name: schema, example and operation', ({ version, action, name, schema }) => {
  const { address, messages } = document.channels[version]!;
  const message = messages[`${action}_${name}`]!;
  expect(address).toBe('/ws');
  expect(message).toMatchObject({ name, payload: JSON.parse(JSON.stringify(schema)) as object });
  for (const { payload } of message.examples) {
    expect(Value.Check(schema, payload)).toBe(true);
    expect(Object.keys(payload)).toEqual(Object.keys(schema.properties));
  }
  expect(document.operations[`${version}_${action}_${name}`]).toMatchObject({
    action,
    messages: [{ $ref: `#/channels/${version}/messages/${action}_${name}` }],
  });
});

it('[A5] the document names the ways to bring a token: in the handshake, or in the frames that have one', () => {
  const { components, servers, operations } = document;
  expect(components.securitySchemes).toMatchObject({
    header: { type: 'http', scheme: 'bearer' },
    subprotocol: { type: 'httpApiKey', in: 'header', name: 'Sec-WebSocket-Protocol' },
    query: { type: 'httpApiKey', in: 'query', name: 'access_token' },
    frame: { type: 'apiKey' },
  });
  const all = Object.keys(components.securitySchemes).map((name) => ({ $ref: `#/components/securitySchemes/${name}` }));
  expect(servers.local!.security).toEqual(all);
  const secured = Object.entries(operations).filter(([, { security }]) => security);
  expect(secured.map(([name]) => name)).toEqual(['v2_receive_hello', 'v2_receive_authenticate']);
  for (const [, { security }] of secured) {
    expect(security).toEqual([{ $ref: '#/components/securitySchemes/frame' }]);
  }
});

it('[A5] the document has no other frames', () => {
  const documented = Object.values(document.channels).flatMap(({ messages }) => Object.keys(messages));
  expect(documented).toHaveLength(every.length);
});

it('[A5] /docs/ws shows every frame, and runs no script', async () => {
  const page = await http(`${server.url}/docs/ws`);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  for (const { version, action, name } of every) {
    expect(page.text).toContain(`<h4 id="${version}_${action}_${name}"><code>${name}</code></h4>`);
  }
  expect(page.text).not.toMatch(/<script|javascript:|\son\w+=/i);
});

it('[A5] the documents link to each other, and /docs to nothing else', async () => {
  const { body } = await http(`${server.url}/docs-json`);
  expect((body as { info: { description: string } }).info.description).toContain('(/docs/ws)');
  const { text } = await http(`${server.url}/docs/ws`);
  for (const [, target] of text.matchAll(/href="([^#"][^"]*)"/g)) {
    expect((await http(new URL(target!, `${server.url}/docs/ws`).href)).status).toBe(200);
  }
  expect(text.match(/href="#[^"]+"/g)!.every((link) => text.includes(`id="${link.slice(7)}`))).toBe(true);
  const unknown = await http(`${server.url}/docs/xyz`);
  expect([unknown.status, unknown.body]).toEqual([404, errorResponse('NOT_FOUND')]);
});
