import 'reflect-metadata';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApp } from '../src/app.setup';
import { readSettings } from '../src/config/load-settings';
import { apiDocument } from '../src/web/api-document';

/** Writes the committed copies of the API documents from the code. */
async function writeDocs(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'chat-docs-'));
  const app = await createApp(readSettings({ DATABASE_URL: `sqlite:${folder}/chat.sqlite`, LOG_LEVEL: 'error' }));
  writeFileSync('docs/openapi.json', `${JSON.stringify(apiDocument(app), null, 2)}\n`);
  await app.close();
}

void writeDocs();
