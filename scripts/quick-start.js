// Runs chapter 6 of the API document, unchanged, against the server on localhost:8000: a user's first five minutes.
const { deepStrictEqual, ok } = require('node:assert');
const { execFileSync } = require('node:child_process');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { createContext, runInContext } = require('node:vm');
const { WebSocket } = require('ws');

const DOCUMENT = readFileSync(join(__dirname, '../docs/api-dokumentation.de.md'), 'utf8');
const TIMEOUT_MS = 10_000;

/** The code blocks of one language under a heading, up to the next heading of the same level. */
function codeBlocks(heading, language) {
  const [level] = heading.split(' ', 1);
  const section = DOCUMENT.split(`\n${heading}\n`)[1].split(`\n${level} `, 1)[0];
  return Array.from(section.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms')), ([, code]) => code);
}

/** The answer must have the keys of the example under the route's heading; errors have others. */
function runCurl(command) {
  console.log(command);
  const output = execFileSync('sh', ['-c', command], {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  console.log(output);
  const [, path] = /localhost:8000([^?\s]*)/.exec(command);
  const [example] = codeBlocks(`### GET ${path}`, 'json');
  deepStrictEqual(Object.keys(JSON.parse(output)), Object.keys(JSON.parse(example)));
}

/** Runs the browser's part until it reports its own message; resolves with that frame. */
function runInBrowser(code) {
  console.log(code);
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error('the message did not come back')), TIMEOUT_MS);
    const log = (text, frame) => {
      console.log(text, frame);
      if (text !== 'Empfangen:' || frame.type !== 'chat_message' || frame.message !== 'Hallo WebSocket!') return;
      clearTimeout(late);
      runInContext('ws.close()', context);
      resolve(frame);
    };
    const context = createContext({ WebSocket, JSON, console: { log } });
    runInContext(code, context);
  });
}

async function main() {
  const commands = codeBlocks('## 6. Schnellstart', 'bash');
  const scripts = codeBlocks('## 6. Schnellstart', 'js');
  deepStrictEqual([commands.length, scripts.length], [2, 1]);
  commands.forEach(runCurl);
  const { username, message, timestamp } = await runInBrowser(scripts[0]);
  const { messages } = await (await fetch('http://localhost:8000/api/messages/recent')).json();
  ok(
    messages.some(
      (stored) => stored.username === username && stored.message === message && `${stored.timestamp}Z` === timestamp,
    ),
    'the message is not among the recent ones',
  );
  console.log('The quick start works.');
}

void main();
