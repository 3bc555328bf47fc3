// Writes dist/chat-room.js: the element, the client and their libraries as one script.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vite';

const FOLDER = import.meta.dirname;
const OUT = join(FOLDER, 'dist');

const result = await build({ configFile: join(FOLDER, 'vite.config.mjs'), build: { write: false } });
const [{ code }] = [result].flat()[0].output;
mkdirSync(OUT, { recursive: true });
// Replaced atomically: a server or another build may be reading it.
const draft = join(OUT, `chat-room.js.${process.pid}`);
writeFileSync(draft, code);
renameSync(draft, join(OUT, 'chat-room.js'));
