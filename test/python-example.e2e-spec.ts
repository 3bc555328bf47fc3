import { freePort } from '../proof/free-port';
import { ChatClient } from './support/chat-client';
import { newDatabase } from './support/database';
import { hasPythonWebSockets, PythonClient } from './support/python';
import { ServerProcess } from './support/server-process';
import { SteadyWriter } from './support/steady-writer';
import { describeWhere } from './support/suites';
import { until } from './support/until';

// A client waits for up to a few seconds before it connects again.
jest.setTimeout(60_000);

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);
const idsOf = (client: PythonClient) => client.messages.map(({ id }) => id);

describeWhere(hasPythonWebSockets, 'Python with the package websockets')('the client in examples/python', () => {
  it('[X1] loses and doubles nothing while the server is killed and started again', async () => {
    const [port, database] = [await freePort(), await newDatabase()];
    const environment = { DATABASE_URL: database, PORT: String(port) };
    let server = await ServerProcess.start(environment);
    const python = new PythonClient(server.url, 'eva', '--after', '0');
    for (const killed of range(1, 3)) {
      const writer = await SteadyWriter.open(server, `writer-${killed}`);
      await writer.further(20);
      const before = python.stored;
      for (const n of range(killed * 60 - 59, killed * 60)) python.say(`line ${n}`);
      await until(() => python.stored > before);
      await server.stop('SIGKILL');
      server = await ServerProcess.start(environment);
    }
    for (const n of range(181, 200)) python.say(`line ${n}`);
    await until(() => python.stored === 200);
    const [reader, welcome] = await ChatClient.hello(server);
    await until(() => python.messages.length >= (welcome.last_id as number));
    expect(idsOf(python)).toEqual(range(1, welcome.last_id as number));
    const own = python.messages.filter(({ username }) => username === 'eva').map(({ message }) => message);
    expect(own).toEqual(range(1, 200).map((n) => `line ${n}`));
    await reader.close();
    expect(await python.stop()).toBe(130);
    await server.stop();
  });

  it('[X1] fetches a gap over REST, in its place', async () => {
    const server = await ServerProcess.start({ DATABASE_URL: await newDatabase(), REPLAY_LIMIT: '5' });
    const [client] = await ChatClient.hello(server, { username: 'max' });
    for (const n of range(1, 30)) client.sendV2Message(`c${n}`, `m${n}`);
    for (let acknowledged = 0; acknowledged < 30; acknowledged++) await client.nextOf('ack');
    const python = new PythonClient(server.url, 'eva', '--after', '10');
    await until(() => python.messages.length >= 20);
    client.sendV2Message('live', 'live');
    await until(() => python.texts.includes('live'));
    expect(idsOf(python)).toEqual(range(11, 31));
    expect(python.messages[0]!.timestamp).toMatch(/\.\d{3}Z$/);
    await client.close();
    await server.stop();
  });

  it('[X1] says what the server refuses, and goes on', async () => {
    const server = await ServerProcess.start({ DATABASE_URL: await newDatabase(), MAX_MESSAGE_LENGTH: '5' });
    const python = new PythonClient(server.url, 'eva');
    python.say('too long');
    python.say('fine');
    await until(() => python.stored === 1);
    expect(python.errors.join('\n')).toMatch(/refused: VALIDATION_ERROR/);
    await until(() => python.texts.includes('fine'));
    await server.stop();
  });
});
