import { Logger } from '@nestjs/common';
import { ChatClient } from './support/chat-client';
import { execute, isPostgres, newDatabase, rowsOf } from './support/database';
import { http } from './support/http';
import type { TestServer } from './support/server';
import { startForTest } from './support/server-of-test';
import { tokenOf, WITH_TOKENS } from './support/tokens';

/** `max` with a Cyrillic `а`, `scope` in Cyrillic letters alone. */
const [MIXED, WHOLE] = ['m\u0430x', '\u0455\u0441\u043e\u0440\u0435'];
const REFUSED = { type: 'error', message: 'Nicht erlaubt: der Name sieht aus wie ein anderer, der vergeben ist' };

describe('without identities', () => {
  const present = async (server: TestServer, ...names: string[]) => {
    for (const username of names) await ChatClient.hello(server, { username });
  };

  it.each([
    ['a mixture', MIXED],
    ['another script', WHOLE],
  ])('[W25] a name that looks like a present one in %s is refused wherever it is begun', async (_, username) => {
    const server = await startForTest({ HTTP_POST: 'true' });
    await present(server, 'max', 'scope');
    const v1 = await ChatClient.open(server);
    v1.send({ type: 'user_joined', username });
    expect(await v1.next()).toMatchObject(REFUSED);
    v1.sendMessage(username, 'Hallo');
    expect(await v1.next()).toMatchObject(REFUSED);
    const [v2, refused] = await ChatClient.hello(server, { username });
    expect(refused).toMatchObject({ ...REFUSED, code: 'FORBIDDEN' });
    v2.send({ type: 'typing', username });
    expect(await v2.next()).toMatchObject(REFUSED);
    const named = await ChatClient.open(server, `/ws?username=${encodeURIComponent(username)}`);
    expect(await named.next()).toMatchObject(REFUSED);
    const headers = { 'Content-Type': 'application/json' };
    const body = JSON.stringify({ username, message: 'Hallo' });
    expect((await http(`${server.url}/api/messages`, { method: 'POST', headers, body })).status).toBe(403);
    expect(await rowsOf(server.database, 'SELECT * FROM messages')).toEqual([]);
    const [, welcome] = await ChatClient.hello(server);
    expect(welcome).toMatchObject({ users: ['max', 'scope'] });
  });

  it('[W25] accepts a name like another of its own script, an imitated one and one in use', async () => {
    const server = await startForTest();
    await present(server, 'modern', MIXED);
    for (const username of ['modem', 'max', MIXED]) {
      expect((await ChatClient.hello(server, { username }))[1]).toMatchObject({ type: 'welcome', username });
    }
  });

  it('[W25] a name is free once the one it looks like has left', async () => {
    const server = await startForTest();
    const [max] = await ChatClient.hello(server, { username: 'max' });
    const [reader] = await ChatClient.hello(server);
    await max.close();
    await reader.nextOf('user_left');
    expect((await ChatClient.hello(server, { username: MIXED }))[1]).toMatchObject({ type: 'welcome' });
  });
});

describe('with identities', () => {
  const bearer = (username: string, sub = username) => ({
    headers: { Authorization: `Bearer ${tokenOf({ sub, preferred_username: username })}` },
  });
  const ask = async (server: TestServer, ...user: [username: string, sub?: string]) =>
    (await http(`${server.url}/api/messages`, bearer(...user))).status;

  it('[I42] a name that looks like an owned one in other scripts is refused for ever', async () => {
    const database = await newDatabase();
    const server = await startForTest({ ...WITH_TOKENS, DATABASE_URL: database });
    for (const name of ['max', 'scope', 'modern', 'modem']) expect(await ask(server, name)).toBe(200);
    for (const name of [MIXED, WHOLE, 'm\u043edern']) expect(await ask(server, name)).toBe(403);
    expect(await ask(server, MIXED, 'max')).toBe(200);
    await server.stop();
    const again = await startForTest({ ...WITH_TOKENS, DATABASE_URL: database });
    expect([await ask(again, MIXED), await ask(again, 'max')]).toEqual([403, 200]);
    const names = await rowsOf(database, 'SELECT username FROM owned_names ORDER BY username');
    expect(names.map(({ username }) => username)).toEqual(['max', 'modem', 'modern', MIXED, 'scope'].sort());
  });

  it('[I42] of many who begin to use names that look the same at once, one gets its own', async () => {
    const environment = { ...WITH_TOKENS, DATABASE_URL: await newDatabase() };
    const replicas = [await startForTest(environment)];
    if (environment.DATABASE_URL.startsWith('postgres')) replicas.push(await startForTest(environment));
    const spellings = Array.from({ length: 16 }, (_, bits) =>
      [...'aoeo'].map((letter, i) => (bits & (1 << i) ? { a: '\u0430', o: '\u043e', e: '\u0435' }[letter]! : letter)),
    ).map((letters) => `x${letters.join('x')}x`);
    const answers = await Promise.all(spellings.map((name, i) => ask(replicas[i % replicas.length]!, name)));
    expect(answers.sort()).toEqual([200, ...Array<number>(15).fill(403)]);
  });

  it('[I45] of many who come at once, those who are refused do not affect the others', async () => {
    const server = await startForTest(WITH_TOKENS);
    for (const name of ['max', 'owned']) expect(await ask(server, name)).toBe(200);
    const comers: [username: string, sub?: string][] = Array.from({ length: 60 }, (_, i) => [`user ${i}`]);
    comers.splice(40, 0, [MIXED], ['owned', 'another'], ['\u0430dmin'], ['twice', 'one'], ['once more', 'one']);
    const answers = await Promise.all(comers.map((comer) => ask(server, ...comer)));
    const refused = comers.filter((_, i) => answers[i] !== 200);
    expect(answers.filter((status) => status !== 200)).toEqual([403, 403, 403]);
    expect(refused).toEqual([[MIXED], ['owned', 'another'], ['\u0430dmin']]);
    const names = await rowsOf(server.database, 'SELECT COUNT(*) AS n FROM owned_names');
    const rows = await rowsOf(server.database, 'SELECT subject, COUNT(*) AS n FROM authors GROUP BY subject');
    expect([names, rows.filter(({ n }) => n !== 1)]).toEqual([[{ n: 64 }], []]);
    const owners = await rowsOf(server.database, 'SELECT COUNT(DISTINCT author_id) AS n FROM owned_names');
    expect(owners).toEqual([{ n: 63 }]);
  });

  it('[I45] what the database cannot store of one user is stored of the others', async () => {
    const server = await startForTest(WITH_TOKENS);
    if (isPostgres) await execute(server.database, `ALTER TABLE owned_names ADD CHECK (username <> 'cursed')`);
    else {
      const trigger = `CREATE TRIGGER refuse BEFORE INSERT ON owned_names WHEN new.username = 'cursed'`;
      await execute(server.database, `${trigger} BEGIN SELECT RAISE(ABORT, 'refused'); END`);
    }
    const log = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
    const comers = Array.from({ length: 20 }, (_, i) => (i === 10 ? 'cursed' : `user ${i}`));
    const answers = await Promise.all(comers.map((name) => ask(server, name)));
    log.mockRestore();
    expect(comers.filter((_, i) => answers[i] !== 200)).toEqual(['cursed']);
    expect(answers[10]).toBe(500);
    expect(await rowsOf(server.database, 'SELECT COUNT(*) AS n FROM owned_names')).toEqual([{ n: 19 }]);
  });

  it('[I45] a name that many subjects want at once belongs to one, on all replicas', async () => {
    const environment = { ...WITH_TOKENS, DATABASE_URL: await newDatabase() };
    const replicas = [await startForTest(environment)];
    if (isPostgres) replicas.push(await startForTest(environment));
    const subjects = Array.from({ length: 20 }, (_, i) => `subject ${i}`);
    const askAll = () => Promise.all(subjects.map((sub, i) => ask(replicas[i % replicas.length]!, 'max', sub)));
    const answers = await askAll();
    expect(answers.toSorted()).toEqual([200, ...Array<number>(19).fill(403)]);
    // Once more, from the stored names.
    expect(await askAll()).toEqual(answers);
    const owners = await rowsOf(
      environment.DATABASE_URL,
      'SELECT subject FROM owned_names JOIN authors ON id = author_id',
    );
    expect(owners).toEqual([{ subject: subjects[answers.indexOf(200)] }]);
  });

  it.each(['\u0430dmin', '\u0410dmin', 'ADM\u0399N', '\u0410D\u041cIN', 'ch\u0430t', '\uff4doderator', '\u0251dmin'])(
    '[I42] %s looks like a reserved name',
    async (name) => {
      const server = await startForTest(WITH_TOKENS);
      expect(await ask(server, name)).toBe(403);
      expect([await ask(server, 'admin'), await ask(server, 'Chat')]).toEqual([200, 200]);
    },
  );

  it('[I43] a guest cannot look like an author behind the mark, present or not', async () => {
    const server = await startForTest({ ...WITH_TOKENS, AUTH_GUESTS: 'write', HTTP_POST: 'true' });
    for (const name of ['max', 'scope']) expect(await ask(server, name)).toBe(200);
    for (const username of [MIXED, WHOLE, `~${MIXED}`]) {
      const [v2, refused] = await ChatClient.hello(server, { username });
      expect(refused).toMatchObject({ ...REFUSED, code: 'FORBIDDEN' });
      v2.sendV2Message('a', 'Hallo', username);
      v2.sendV2Message('b', 'Hallo', 'max');
      expect(await v2.next()).toMatchObject({ ...REFUSED, client_id: 'a' });
      expect(await v2.nextOf('ack')).toMatchObject({ client_id: 'b' });
      const v1 = await ChatClient.open(server, `/ws?username=${encodeURIComponent(username)}`);
      expect(await v1.next()).toMatchObject(REFUSED);
      const headers = { 'Content-Type': 'application/json' };
      const body = JSON.stringify({ username, message: 'Hallo' });
      expect((await http(`${server.url}/api/messages`, { method: 'POST', headers, body })).status).toBe(403);
    }
    const guest = await ChatClient.open(server, '/ws?username=admin');
    expect(await guest.nextOf('user_joined')).toMatchObject({ username: '~admin' });
  });
});
