import 'reflect-metadata';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ASYNC_API } from '../src/api-docs/async-api-document';
import { apiDocument } from '../src/api-docs/open-api-document';
import { createApp } from '../src/app.factory';
import { readSettings } from '../src/settings/load-settings';
import { envExample, essentialTable, settingsTables, withSettingsBlock } from '../src/settings/reference';
import { clientFrames } from './client-frames';

/** Writes the committed files that are generated from the code: API documents, lists of settings, the client's frames. */
async function writeDocs(): Promise<void> {
  writeFileSync('.env.example', envExample());
  writeBlock('docs/settings.md', settingsTables());
  writeBlock('README.md', essentialTable());

  writeFileSync('packages/client/src/frames.ts', clientFrames());

  const folder = mkdtempSync(join(tmpdir(), 'chat-docs-'));
  const app = await createApp(readSettings({ DATABASE_URL: `sqlite:${folder}/chat.sqlite`, LOG_LEVEL: 'error' }));
  writeJson('docs/openapi.json', apiDocument(app));
  writeJson('docs/asyncapi.json', ASYNC_API);
  await app.close();
}

function writeBlock(path: string, block: string): void {
  writeFileSync(path, withSettingsBlock(readFileSync(path, 'utf8'), block));
}

function writeJson(path: string, document: object): void {
  writeFileSync(path, `${JSON.stringify(document, null, 2)}\n`);
}

void writeDocs();
