import type { TObject, TSchema } from '@sinclair/typebox';
import { CLIENT_FRAMES, SERVER_FRAMES } from '../src/chat/protocol/frames';

/** The frames of protocol v2 as TypeScript, generated from the server's schemas: the client needs neither schemas nor library. */
export function clientFrames(): string {
  const fromClient = Object.values(CLIENT_FRAMES.v2).map(({ schema }) => schema as TObject);
  const fromServer = Object.values(SERVER_FRAMES.v2) as TObject[];
  return [
    '// Written by `npm run docs:write` from src/chat/protocol/frames.ts of the server.\n',
    '/** What a client may send, by type. */',
    frames('ClientFrames', fromClient),
    'export type ClientFrame = ClientFrames[keyof ClientFrames];\n',
    '/** What the server sends, by type. */',
    frames('ServerFrames', fromServer),
    'export type ServerFrame = ServerFrames[keyof ServerFrames];\n',
  ].join('\n');
}

function frames(name: string, schemas: readonly TObject[]): string {
  const members = schemas.map((schema) => {
    const type = (schema.properties.type as { const: string } & TSchema).const;
    return `  /** ${schema.description!}. */\n  ${type}: ${object(schema, '  ')};\n`;
  });
  return `export interface ${name} {\n${members.join('')}}\n`;
}

function object(schema: TObject, indent: string): string {
  const inner = `${indent}  `;
  const fields = Object.entries(schema.properties).map(([key, property]) => {
    const optional = schema.required?.includes(key) ? '' : '?';
    const about = property.description === undefined ? '' : `${inner}/** ${property.description}. */\n`;
    return `${about}${inner}${key}${optional}: ${typeOf(property, inner)};\n`;
  });
  return `{\n${fields.join('')}${indent}}`;
}

function typeOf(schema: TSchema, indent: string): string {
  if ('const' in schema) return typeof schema.const === 'string' ? `'${schema.const}'` : String(schema.const);
  if (Array.isArray(schema.anyOf)) return (schema.anyOf as TSchema[]).map((one) => typeOf(one, indent)).join(' | ');
  switch (schema.type) {
    case 'integer':
      return 'number';
    case 'array':
      return `${typeOf(schema.items as TSchema, indent)}[]`;
    case 'object':
      return object(schema as TObject, indent);
    case 'string':
    case 'boolean':
    case 'null':
      return schema.type as string;
    default:
      throw new Error(`no type for ${JSON.stringify(schema)}`);
  }
}
