// Rewrites the picture of the modules in ARCHITECTURE.md from architecture.mjs; with --check it only fails if they differ.
import { readFileSync, writeFileSync } from 'node:fs';
import { CHAT, MODULES } from '../architecture.mjs';

const FILE = 'ARCHITECTURE.md';
const START = '<!-- modules -->';
const END = '<!-- /modules -->';

/** Every module that `name` reaches over one or more allowed imports. */
function reachable(table, name) {
  const found = new Set();
  const queue = [...table[name]];
  for (const next of queue) {
    if (found.has(next)) continue;
    found.add(next);
    queue.push(...table[next]);
  }
  return found;
}

/** The allowed imports without those that a longer path already shows (transitive reduction). */
function arrows(table) {
  return Object.entries(table).flatMap(([from, allowed]) =>
    allowed
      .filter((to) => !allowed.some((via) => via !== to && reachable(table, via).has(to)))
      .map((to) => `  ${from} --> ${to}`),
  );
}

function picture(table) {
  return ['```mermaid', 'flowchart BT', ...arrows(table), '```'].join('\n');
}

const text = readFileSync(FILE, 'utf8');
const [head, rest] = text.split(START);
const tail = rest?.split(END)[1];
if (tail === undefined) throw new Error(`${FILE} has no block ${START} … ${END}`);
const drawn = [START, '', picture(MODULES), '', 'Inside `chat`:', '', picture(CHAT), '', END].join('\n');
const wanted = head + drawn + tail;

if (process.argv.includes('--check')) {
  if (text !== wanted) throw new Error(`${FILE} is out of date: npm run docs:modules`);
} else {
  writeFileSync(FILE, wanted);
}
