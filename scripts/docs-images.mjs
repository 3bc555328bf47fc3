// Retakes the screenshots in the documents: npm run docs:images. Needs Chromium (CHROMIUM_PATH, or /usr/bin/chromium).
/* global document -- in functions that run in the page */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer as createSite } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { chromium } from 'playwright-core';
import { WebSocket } from 'ws';

const ROOT = join(import.meta.dirname, '..');
const OUT = join(ROOT, 'docs', 'images');
/** Maximum size of a picture, in bytes: every clone has them. */
const MAX_BYTES = 150_000;

const CONVERSATION = {
  de: [
    ['Öykü', 'Weiß jemand, ob der Hörsaal 3 morgen frei ist?'],
    ['Öykü', 'Ab **10 Uhr** bräuchten wir ihn.'],
    ['Max Huber', 'Laut Plan ja: https://plan.example.org/hs3'],
    ['Linh Nguyễn', 'Der Build ist übrigens rot:\n```\nnpm error code EUSAGE\n```'],
    [
      'Max Huber',
      '> **Linh Nguyễn:** Der Build ist übrigens rot\n\nIch schaue es mir an.\n- `package-lock.json` neu\n- Cache leeren',
    ],
  ],
  en: [
    ['Öykü', 'Does anybody know whether lecture hall 3 is free tomorrow?'],
    ['Öykü', 'We would need it from **10 o’clock**.'],
    ['Max Huber', 'According to the plan it is: https://plan.example.org/hs3'],
    ['Linh Nguyễn', 'By the way, the build is red:\n```\nnpm error code EUSAGE\n```'],
    [
      'Max Huber',
      '> **Linh Nguyễn:** By the way, the build is red\n\nI am having a look.\n- a new `package-lock.json`\n- an empty cache',
    ],
  ],
};
const OWN = { de: 'Dann trage ich uns ein. Danke!', en: 'Then I will book it for us. Thanks!' };
const SHOTS = [
  { name: 'page-desktop-light-de', at: 'page', lang: 'de', width: 1100, height: 640 },
  { name: 'page-desktop-dark-en', at: 'page', lang: 'en', width: 1100, height: 640, dark: true },
  { name: 'page-phone-light-en', at: 'page', lang: 'en', width: 390, height: 720, phone: true },
  { name: 'page-phone-dark-de', at: 'page', lang: 'de', width: 390, height: 720, phone: true, dark: true },
  { name: 'element-light-de', at: 'element', lang: 'de', width: 760, height: 660 },
  { name: 'element-dark-en', at: 'element', lang: 'en', width: 760, height: 660, dark: true },
  { name: 'element-bubble-de', at: 'bubble', lang: 'de', width: 760, height: 620 },
];

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}

/** The built server on a new database. */
async function startServer() {
  const folder = mkdtempSync(join(tmpdir(), 'chat-images-'));
  const port = await freePort();
  const settings = {
    DATABASE_URL: `sqlite:${folder}/chat.sqlite`,
    PORT: String(port),
    HOST: '127.0.0.1',
    LIMITS: 'off',
    LOG_LEVEL: 'error',
  };
  const child = spawn(process.execPath, [join(ROOT, 'dist/src/main.js')], {
    env: { PATH: process.env.PATH, ...settings },
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  while (!(await fetch(`${url}/health/ready`).catch(() => undefined))?.ok) await delay(100);
  const stop = async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
    rmSync(folder, { recursive: true });
  };
  return { url, stop };
}

/** Several users write, and stay present. */
async function talk(url, lang) {
  const sockets = new Map();
  for (const [username, message] of CONVERSATION[lang]) {
    if (!sockets.has(username)) {
      const socket = new WebSocket(`${url.replace('http', 'ws')}/ws?username=${encodeURIComponent(username)}`);
      await once(socket, 'open');
      sockets.set(username, socket);
    }
    const stored = heard(sockets.get(username), message);
    sockets.get(username).send(JSON.stringify({ type: 'chat_message', username, message }));
    // Its broadcast proves that it is stored; this keeps the order.
    await stored;
  }
  return () => sockets.forEach((socket) => socket.close());
}

function heard(socket, message) {
  return new Promise((resolve) => {
    socket.on('message', (data) => {
      if (JSON.parse(data).message === message) resolve();
    });
  });
}

/** Another site's page with the element on it. */
function hostPage(url, { at, lang }) {
  const attributes = at === 'bubble' ? 'mode="bubble" open' : 'style="height: calc(100vh - 48px)"';
  const filler = at === 'bubble' ? '<h1>Musterfirma</h1><p>Eine Seite, auf der das Element in der Ecke steht.</p>' : '';
  return `<!doctype html><html lang="${lang}"><meta name="viewport" content="width=device-width">
    <meta name="color-scheme" content="light dark"><style>body { max-width: 44rem; margin: 24px; font-family: system-ui, sans-serif } p { max-width: 18rem }</style>
    <body>${filler}<script type="module" src="${url}/chat-room.js"></script>
    <chat-room server="${url}" username="Eva" ${attributes} heading="Team"></chat-room></body></html>`;
}

async function shoot(browser, shot) {
  const { name, at, lang, width, height, dark, phone } = shot;
  const server = await startServer();
  const leave = await talk(server.url, lang);
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? 'dark' : 'light',
    locale: { de: 'de-DE', en: 'en-GB' }[lang],
    timezoneId: 'Europe/Berlin',
    deviceScaleFactor: 1,
    ...(phone && { isMobile: true, hasTouch: true }),
  });
  const page = await context.newPage();
  const site = createSite((_, response) =>
    response.setHeader('Content-Type', 'text/html').end(hostPage(server.url, shot)),
  );
  await once(site.listen(0, '127.0.0.1'), 'listening');
  await page.goto(at === 'page' ? server.url : `http://127.0.0.1:${site.address().port}`);
  await page.locator('.state[data-state=live]').waitFor({ state: 'attached' });
  if (at === 'page') {
    await page.locator('#name').fill('Eva');
    await page.keyboard.press('Enter');
  }
  const box = page.locator('#text');
  await box.fill(OWN[lang]);
  await box.press('Enter');
  await page.locator('[data-id].own').waitFor();
  // Remove hover and focus, and wait for the figures and typing indicator to settle.
  await page.mouse.move(1, 1);
  await page.evaluate(() => document.activeElement?.shadowRoot?.activeElement?.blur());
  await delay(1_500);
  const path = join(OUT, `${name}.png`);
  await page.screenshot({ path });
  if (statSync(path).size > MAX_BYTES) throw new Error(`${name}.png has more than ${MAX_BYTES} bytes`);
  await context.close();
  leave();
  site.close();
  await server.stop();
}

mkdirSync(OUT, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const [, , only = ''] = process.argv;
for (const shot of SHOTS) if (shot.name.startsWith(only)) await shoot(browser, shot);
await browser.close();
