#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import type { ChatClient } from '@chat-system/client';
import { connect } from './connect.js';
import { EXIT, type ExitCode } from './exit-code.js';
import { join } from './join.js';
import { languageOf } from './language.js';
import { type Options, readOptions } from './options.js';
import { read } from './read.js';
import { send } from './send.js';
import { Terminal } from './terminal.js';
import { textsIn } from './texts.js';

const COMMANDS = { join, read, send };

const language = languageOf(process.env);
const texts = textsIn(language);

// A closed pipe is not an error: `chat read | head`.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? EXIT.NO_READER : 1));
process.stderr.on('error', () => undefined);

async function main(args: string[]): Promise<ExitCode> {
  if (args.includes('--help') || args.includes('-h')) return tell(file(`usage.${language}.txt`));
  if (args.includes('--version')) return tell(`${(JSON.parse(file('package.json')) as { version: string }).version}\n`);
  let options, chat;
  try {
    options = readOptions(args, process.env, process.stdin.isTTY && process.stdout.isTTY, texts);
    chat = connect(options, language, process.env);
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n`);
    return EXIT.USAGE;
  }
  return run(chat, options);
}

async function run(chat: ChatClient, options: Options): Promise<ExitCode> {
  const leaving = new AbortController();
  let signalled: ExitCode | undefined;
  const onSignal = (name: NodeJS.Signals, code: ExitCode) =>
    process.once(name, () => {
      signalled = code;
      leaving.abort();
    });
  onSignal('SIGINT', EXIT.INTERRUPTED);
  onSignal('SIGTERM', EXIT.TERMINATED);
  onSignal('SIGHUP', EXIT.TERMINATED);
  const terminal = new Terminal(options, texts, process.env);
  const code = await COMMANDS[options.command](chat, terminal, leaving.signal).catch((error: unknown) => {
    terminal.tell(texts.ended((error as Error).message));
    return EXIT.REFUSED;
  });
  await chat.close();
  return signalled ?? code;
}

function tell(text: string): ExitCode {
  process.stdout.write(text);
  return EXIT.DONE;
}

function file(name: string): string {
  return readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
}

// Not `process.exit`, which would cut off output that is still in a pipe.
process.exitCode = await main(process.argv.slice(2));
