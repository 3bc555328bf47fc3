import 'reflect-metadata';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../src/app.factory';
import { ASYNC_API } from '../src/api-docs/async-api-document';
import { readSettings } from '../src/settings/load-settings';
import { apiDocument } from '../src/api-docs/open-api-document';

/** Writes the committed copies of the API documents from the code. */
async function writeDocs(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'chat-docs-'));
  const app = await createApp(readSettings({ DATABASE_URL: `sqlite:${folder}/chat.sqlite`, LOG_LEVEL: 'error' }));
  write('docs/openapi.json', apiDocument(app));
  write('docs/asyncapi.json', ASYNC_API);
  await app.close();
}

function write(path: string, document: object): void {
  writeFileSync(path, `${JSON.stringify(document, null, 2)}\n`);
}

void writeDocs();
