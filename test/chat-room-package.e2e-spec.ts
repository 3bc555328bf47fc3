// Functions evaluated inside the page use the browser's globals.
/// <reference lib="dom" />
import { execFileSync } from 'node:child_process';
import { createServer } from 'node:http';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { findChromium, launch } from '../proof/chromium';
import { Visitor } from './support/browser';
import { Room } from './support/room';
import { startServer } from './support/server';
import { describeWhere } from './support/suites';
import { typeErrors } from './support/type-check';

const ROOT = join(__dirname, '..');
const PACKAGE = join(ROOT, 'packages/chat-room');
const read = (name: string) => readFileSync(join(PACKAGE, name), 'utf8');
const chromium = findChromium();

interface Manifest {
  readonly modules: readonly { readonly declarations: readonly Record<string, readonly { name: string }[]>[] }[];
}

/** All sources of the element. */
const source = () =>
  readdirSync(join(PACKAGE, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?<!\.spec)\.ts$/.test(name))
    .map((name) => read(join('src', name)))
    .join('\n');
const namesOf = (text: string, pattern: RegExp) =>
  [...new Set([...text.matchAll(pattern)].map(([, name]) => name!))].sort();

describe('the package of <chat-room>', () => {
  const [declaration] = (JSON.parse(read('custom-elements.json')) as Manifest).modules[0]!.declarations;
  const told = (kind: string) => declaration![kind]!.map(({ name }) => name).sort();

  it('[Y16] has types for its properties, methods and events', () => {
    const use = `
      import '@chat-system/chat-room';
      const room = document.querySelector('chat-room')!;
      room.getToken = async () => (await fetch('/chat-token')).text();
      room.rowActions = (_, { isOwn }) => (isOwn ? [] : [{ name: 'mute', label: 'Mute' }]);
      room.addEventListener('rowaction', ({ detail }) => detail.message.username.trim());
      room.addEventListener('toggle', ({ detail }) => detail.isOpen);
      room.addEventListener('keydown', ({ key }) => key.trim());
      room.addEventListener('own', ({ type }) => type.trim(), { once: true });
      room.open();
    `;
    expect(typeErrors(use)).toEqual([]);
  });

  it('[Y16] has the script, its types and its description in it, and nothing else', () => {
    const output = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: PACKAGE,
      encoding: 'utf8',
    });
    const [{ files }] = JSON.parse(output) as [{ files: { path: string }[] }];
    expect(files.map(({ path }) => path).sort()).toEqual([
      'CHANGELOG.md',
      'README.md',
      'chat-room.d.ts',
      'custom-elements.json',
      'dist/chat-room.js',
      'package.json',
    ]);
    const { version } = JSON.parse(read('package.json')) as { version: string };
    expect(version).toBe((JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version);
  });

  it('[Y1] is the script for production, whatever the environment it is built in', () => {
    const out = mkdtempSync(join(tmpdir(), 'chat-room-'));
    execFileSync('npx', ['vite', 'build', '--config', join(PACKAGE, 'vite.config.mjs'), '--outDir', out], {
      cwd: ROOT,
      env: { ...process.env, NODE_ENV: 'test' },
    });
    expect(readFileSync(join(out, 'chat-room.js'), 'utf8')).not.toContain('dev mode');
  });

  it('[Y16] describes what the element has: slots, parts, events, custom properties', () => {
    const code = source();
    expect(told('slots')).toEqual(namesOf(code, /<slot name="([a-z-]+)"/g));
    const values = namesOf(code, /part="([^"]+)"/g);
    const parts = values.flatMap((value) => [
      ...value
        .replace(/\$\{[^}]*\}/g, ' ')
        .trim()
        .split(/\s+/),
      ...namesOf(value, /'([a-z-]+)'/g),
    ]);
    expect(told('cssParts')).toEqual([...new Set(parts)].sort());
    const events = /export interface ChatRoomEvents \{(.*?)\n\}/s.exec(read('chat-room.d.ts'));
    expect(told('events')).toEqual(namesOf(events![1]!, /^ {2}([a-z]+): /gm));
    expect(told('cssProperties')).toEqual(namesOf(code, /var\((--chat-room-[a-z-]+)/g));
  });

  it('[Y16] is explained in the README, all of it', () => {
    const text = read('README.md');
    const names = ['attributes', 'members', 'events', 'slots', 'cssProperties', 'cssParts'].flatMap(told);
    expect(names.filter((name) => !new RegExp(`\`${name}[\`(]`).test(text))).toEqual([]);
  });
});

const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

/** Serves the built files, with the server's address in place of the examples' one. */
async function serve(folder: string, url: string) {
  const http = createServer(({ url: path }, response) => {
    const name = path === '/' ? 'index.html' : path!.slice(1);
    if (!readdirSync(folder, { recursive: true, encoding: 'utf8' }).includes(name))
      return response.writeHead(404).end();
    response.setHeader('Content-Type', TYPES[extname(name)]!);
    response.end(readFileSync(join(folder, name), 'utf8').replaceAll('http://localhost:8000', url));
  }).listen(0, '127.0.0.1');
  await once(http, 'listening');
  return { http, address: `http://127.0.0.1:${(http.address() as AddressInfo).port}` };
}

describeWhere(chromium !== undefined, 'Chromium (CHROMIUM_PATH)')('the examples of <chat-room>', () => {
  it('[Y16] has the attributes and members that are described', async () => {
    const { page, end } = await open('html');
    const [declaration] = (JSON.parse(read('custom-elements.json')) as Manifest).modules[0]!.declarations;
    const names = declaration!.members!.map(({ name }) => name);
    const has = await page.evaluate((members) => {
      const room = document.querySelector('chat-room')!;
      const { observedAttributes } = room.constructor as unknown as { observedAttributes: string[] };
      return { missing: members.filter((name) => !(name in room)), observedAttributes };
    }, names);
    expect(has.missing).toEqual([]);
    const described = declaration!.attributes!.map(({ name }) => name);
    expect(has.observedAttributes.filter((name) => !described.includes(name))).toEqual([]);
    await end();
  });

  it.each(['html', 'react', 'vue'])('[Y17] %s is built and works', async (name) => {
    const { page, room, end } = await open(name);
    await page.getByRole('heading', { name: /^The chat / }).waitFor();
    await room.join('Eva');
    await room.send('Hallo');
    await page.getByText(/Unread messages: ?0/).waitFor();
    if (name === 'react') await page.getByText('you are Eva').waitFor();
    await end();
  });

  async function open(name: string) {
    const folder = mkdtempSync(join(tmpdir(), 'chat-example-'));
    const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
    const options = [
      '--config',
      'examples/vite.config.mjs',
      '--outDir',
      folder,
      '--emptyOutDir',
      '--logLevel',
      'error',
    ];
    execFileSync(process.execPath, [vite, 'build', `examples/${name}`, ...options], { cwd: ROOT, encoding: 'utf8' });
    const server = await startServer();
    const { http, address } = await serve(folder, server.url);
    const browser = await launch(chromium!);
    const visitor = await Visitor.open(browser, address, { locale: 'en-GB' });
    const room = new Room(visitor.page);
    await room.connected();
    const end = async () => {
      await browser.close();
      http.close();
      http.closeAllConnections();
      await server.stop();
      expect(visitor.complaints.filter((text) => !text.includes('favicon') && !text.includes('404'))).toEqual([]);
    };
    return { page: visitor.page, room, end };
  }
});
