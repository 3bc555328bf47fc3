import { copyFileSync, mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { ChatClient } from './support/chat-client';
import { http } from './support/http';
import { testFolder } from './support/database';
import { ServerProcess } from './support/server-process';
import type { SmallDisk } from '../proof/small-disk';
import { canMountDisks, makeReadOnly, mountSmallDisk } from './support/small-disk';
import { describeWhere } from './support/suites';
import { until } from './support/until';

/** Starts a server that must refuse to start; returns its only line. */
async function refusal(path: string): Promise<string> {
  const server = ServerProcess.spawn({ DATABASE_URL: `sqlite:${path}` });
  expect(await server.exited).toBe(1);
  await server.closed;
  expect(server.lines).toHaveLength(1);
  expect(server.lines[0]).toMatch(/^chat-system cannot start: /);
  return server.lines[0]!;
}

/** A database with some messages and no running server: a copy of one that a server filled. */
async function filledDatabase(): Promise<string> {
  const path = `${testFolder()}/chat.sqlite`;
  copyFileSync(await (filled ??= fillDatabase()), path);
  return path;
}

let filled: Promise<string> | undefined;

async function fillDatabase(): Promise<string> {
  const path = `${testFolder()}/chat.sqlite`;
  const server = await ServerProcess.start({ DATABASE_URL: `sqlite:${path}` });
  const client = await ChatClient.open(server);
  for (let i = 0; i < 200; i++) client.sendMessage('max', 'x'.repeat(500));
  for (let i = 0; i < 200; i++) await client.nextOf('chat_message');
  await server.stop();
  return path;
}

describe('a refused start', () => {
  it('[D2] refuses a file other than a database', async () => {
    const path = `${testFolder()}/chat.sqlite`;
    writeFileSync(path, 'Das ist keine Datenbank. '.repeat(1000));
    expect(await refusal(path)).toContain('it is not a SQLite database');
    expect(readFileSync(path, 'utf8')).toMatch(/^Das ist keine Datenbank/);
  });

  it('[D2] refuses a database of another program and leaves it unchanged', async () => {
    const path = `${testFolder()}/chat.sqlite`;
    const foreign = new Database(path);
    foreign.exec('CREATE TABLE messages (subject TEXT)');
    foreign.close();
    const before = readFileSync(path);
    expect(await refusal(path)).toContain('it belongs to another program');
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('[D2] refuses a truncated file', async () => {
    const path = await filledDatabase();
    truncateSync(path, 40_960);
    expect(await refusal(path)).toContain('it is corrupt; restore a backup');
  });

  it('[D2] refuses a file with a corrupt page', async () => {
    const path = await filledDatabase();
    const bytes = readFileSync(path);
    bytes.fill(0xff, 8192, 16_384);
    writeFileSync(path, bytes);
    expect(await refusal(path)).toContain('it is corrupt; restore a backup');
  });

  it('[D2] refuses a folder in place of the file', async () => {
    const path = `${testFolder()}/chat.sqlite`;
    mkdirSync(path);
    expect(await refusal(path)).toContain('it is a folder');
  });

  it('[D2] refuses a folder that cannot be created', async () => {
    const path = `${testFolder()}/file`;
    writeFileSync(path, '');
    expect(await refusal(`${path}/data/chat.sqlite`)).toContain('cannot make the folder');
    // A file system that exists and takes no folders.
    expect(await refusal('/proc/none/chat.sqlite')).toContain('cannot make the folder');
  });

  it('[D2] refuses a second server on the same file', async () => {
    const path = `${testFolder()}/chat.sqlite`;
    const first = await ServerProcess.start({ DATABASE_URL: `sqlite:${path}` });
    expect(await refusal(path)).toContain(`another server is already running on ${path}`);
    await first.stop('SIGKILL');
    const next = await ServerProcess.start({ DATABASE_URL: `sqlite:${path}` });
    await next.stop();
  });

  it('[D2] refuses a second server on the same file under another name', async () => {
    const folder = testFolder();
    const server = await ServerProcess.start({ DATABASE_URL: `sqlite:${folder}/chat.sqlite` });
    symlinkSync(`${folder}/chat.sqlite`, `${folder}/link.sqlite`);
    expect(await refusal(`${folder}/link.sqlite`)).toContain('another server is already running');
    await server.stop();
  });

  it('[D2] refuses a file locked by another program', async () => {
    const path = await filledDatabase();
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    expect(await refusal(path)).toContain('it is locked by another process');
    other.close();
  });
});

describeWhere(canMountDisks, 'right to mount a small disk')('a disk that is full or read-only', () => {
  let disk: SmallDisk;
  beforeEach(() => (disk = mountSmallDisk(4)));
  afterEach(() => disk.unmount());

  it('[D2] refuses a read-only disk', async () => {
    copyFileSync(await filledDatabase(), `${disk.folder}/chat.sqlite`);
    makeReadOnly(disk);
    expect(await refusal(`${disk.folder}/chat.sqlite`)).toMatch(/read-only|cannot be opened/);
  });

  it('[D2] refuses a disk that is already full', async () => {
    disk.fill();
    expect(await refusal(`${disk.folder}/chat.sqlite`)).toMatch(
      /the disk is full|cannot be opened|input\/output error/,
    );
  });

  it('[D3] senders and probes report a full disk, reading continues, and the service recovers by itself', async () => {
    const server = await ServerProcess.start({ DATABASE_URL: `sqlite:${disk.folder}/chat.sqlite` });
    const client = await ChatClient.open(server);
    client.sendMessage('max', 'vorher');
    await client.nextOf('chat_message');
    disk.fill();
    // Free pages inside the files still have room for some messages.
    let accepted = 1;
    for (;;) {
      client.sendMessage('max', 'x'.repeat(4000));
      const frame = await client.next();
      if (frame.type === 'error') {
        expect(frame.message).toBe(
          'Dienst vorübergehend nicht verfügbar: die Nachricht konnte nicht gespeichert werden',
        );
        break;
      }
      accepted++;
    }
    const ready = await http(`${server.url}/health/ready`);
    expect(ready).toMatchObject({ status: 503, body: { error: { message_log: { message: 'the disk is full' } } } });
    const status = await http(`${server.url}/status`);
    expect(status).toMatchObject({
      status: 503,
      body: { status: 'unhealthy', database: { message_count: accepted, status: 'read_only' } },
    });
    expect((await http(`${server.url}/api/messages`)).body).toMatchObject({ total: accepted });
    disk.empty();
    await until(async () => (await http(`${server.url}/health/ready`)).status === 200);
    client.sendMessage('max', 'nachher');
    expect(await client.nextOf('chat_message')).toMatchObject({ message: 'nachher' });
    expect((await http(`${server.url}/api/messages?offset=${accepted}`)).body).toMatchObject({
      total: accepted + 1,
      messages: [{ id: accepted + 1, message: 'nachher' }],
    });
    const failures = server.lines.filter((line) => line.includes('cannot be written'));
    expect(failures).toHaveLength(1);
    expect(await server.stop()).toBe(0);
  });
});
