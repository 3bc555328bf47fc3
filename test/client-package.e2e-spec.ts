import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { clientFrames } from '../scripts/client-frames';
import { bundle } from './support/bundle';
import { startServer } from './support/server';
import { join as enter } from './support/typed-client';
import { typeErrors } from './support/type-check';
import { until } from './support/until';

const ROOT = join(__dirname, '..');
const PACKAGE = join(ROOT, 'packages/client');
const MAX_BYTES = 4_096;
const read = (path: string) => readFileSync(join(PACKAGE, path), 'utf8');
const manifest = JSON.parse(read('package.json')) as { version: string; exports: Record<string, { default: string }> };

describe('the package of the client', () => {
  it('[J24] has a core of 4 kB, minified and gzipped, which carries no other entry', async () => {
    const core = await bundle(`export * from '@chat-system/client';`);
    expect(gzipSync(core, { level: 9 }).length).toBeLessThanOrEqual(MAX_BYTES);
    expect(core).not.toMatch(/localStorage|EventStream|text\/event-stream|BroadcastChannel/);
  });

  it('[J25] has types that a strict compiler takes as they are, without more than a browser has', () => {
    const source = `
      import { ChatClient, ChatError } from '@chat-system/client';
      import { history } from '@chat-system/client/history';
      import { persist } from '@chat-system/client/outbox';
      import { sse } from '@chat-system/client/sse';
      import { shared } from '@chat-system/client/tabs';
      await using chat = new ChatClient('https://chat.example', { fallback: sse(), channel: shared() });
      void persist(chat, 'local');
      const ids: number[] = (await history(chat, { limit: 10 })).map(({ id }) => id);
      await chat.send('Hallo').catch((error: unknown) => error instanceof ChatError && error.retryAfterMs);
      for await (const { message } of chat.messages()) console.log(message.trim(), ids);
    `;
    expect(typeErrors(source)).toEqual([]);
  });

  it('[J25] is published whole, with types for each entry, and needs no other package', async () => {
    const check = [join(__dirname, 'support/check-package.mjs'), PACKAGE];
    const { stdout } = await promisify(execFile)(process.execPath, check, { cwd: ROOT });
    const report = JSON.parse(stdout) as { files: string[]; messages: object[]; problems: string[] };
    expect(report.messages).toEqual([]);
    // It is ESM only: `require` of an ES module and resolution without `exports` are unsupported.
    expect(new Set(report.problems)).toEqual(new Set(['NoResolution', 'CJSResolvesToESM']));
    const sources = readdirSync(join(PACKAGE, 'src')).filter((name) => !name.endsWith('.spec.ts'));
    const built = sources.flatMap((name) => ['js', 'd.ts'].map((ending) => `dist/${name.replace(/ts$/, ending)}`));
    expect(report.files.sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json', ...built].sort());
    expect(manifest).not.toHaveProperty('dependencies');
    const root = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
    expect(manifest.version).toBe(root.version);
    expect(read('CHANGELOG.md')).toContain(`## ${manifest.version}`);
    expect(read('LICENSE')).toBe(readFileSync(join(ROOT, 'LICENSE'), 'utf8'));
  });

  it('[J26] has the frames of the server as types', () => {
    // Written by `npm run docs:write`.
    expect(read('src/frames.ts')).toBe(clientFrames());
  });

  it('[J27] has an example that works, and that the documents quote as it is', async () => {
    const example = read('examples/echo.mjs');
    const quote = `\`\`\`js\n${example}\`\`\``;
    expect(read('README.md')).toContain(quote);
    expect(readFileSync(join(ROOT, 'docs/protocol.md'), 'utf8')).toContain(quote);

    const server = await startServer();
    const bot = spawn(process.execPath, [join(PACKAGE, 'examples/echo.mjs'), server.url], { stdio: 'ignore' });
    const { chat, delivered } = enter(server, { username: 'eva' });
    await until(() => chat.users!.includes('echo'));
    await chat.send('!echo hallo');
    await until(() => delivered.messages.length === 2);
    expect(delivered.messages[1]).toMatchObject({ username: 'echo', message: 'eva: hallo' });
    bot.kill();
    await once(bot, 'exit');
    await server.stop();
  });
});
