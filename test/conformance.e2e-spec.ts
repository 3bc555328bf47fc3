import { freePort } from '../proof/free-port';
import { type Checked, conformance } from './support/conformance';
import { newDatabase } from './support/database';
import { ServerProcess } from './support/server-process';
import { tokenOf, WITH_TOKENS } from './support/tokens';
import { type Fault, WrongProxy } from './support/wrong-proxy';

// A run takes some seconds, as it waits for the grace of presence and exhausts a rate.
jest.setTimeout(120_000);

const socketOf = ({ port }: ServerProcess) => `ws://127.0.0.1:${port}/ws`;
/** Rules that proxies break; none of the faults here affects E3. */
const PROXIED = 'E3,W2,W3,W11,V1,V6,V7,F1,F2,F4';
const failing = (report: { checks: readonly Checked[] }) => report.checks.filter(({ outcome }) => outcome === 'fails');

describe('the conformance kit', () => {
  it('[X2] finds that every rule holds with the default settings, from one address', async () => {
    const server = await ServerProcess.start({ DATABASE_URL: await newDatabase(), LIMITS: 'on' });
    const report = await conformance(socketOf(server));
    expect(failing(report)).toEqual([]);
    expect(report.code).toBe(0);
    expect(report.rules('holds').length).toBeGreaterThan(35);
    expect(report.rules('untried').sort()).toEqual(['F3', 'N3', 'N6', 'N7', 'Q2', 'V8', 'W12']);
    for (const { outcome, reason } of report.checks) expect(outcome === 'untried').toBe(reason !== undefined);
    await server.stop();
  });

  it('[X2] finds that every rule holds where everything is switched on, and tries them', async () => {
    const server = await ServerProcess.start({
      DATABASE_URL: await newDatabase(),
      LIMITS: 'on',
      MODERATOR_TOKEN: 'a moderator of tests, with a long secret'.replaceAll(' ', '-'),
      HTTP_POST: 'true',
      REPLAY_LIMIT: '20',
      HEARTBEAT_SECONDS: '1',
    });
    const report = await conformance(socketOf(server), '--idle 3');
    expect(failing(report)).toEqual([]);
    // These need tokens, which identify the author of a message.
    expect(report.rules('untried').sort()).toEqual(['N3', 'N6', 'N7']);
    expect(report.code).toBe(0);
    await server.stop();
  });

  it('[X2] tries what one user can with an access token', async () => {
    const server = await ServerProcess.start({ DATABASE_URL: await newDatabase(), LIMITS: 'on', ...WITH_TOKENS });
    const without = await conformance(socketOf(server));
    expect(without.code).toBe(2);
    expect(without.errors).toMatch(/CHAT_TOKEN/);
    const token = tokenOf({ sub: 'u1', preferred_username: 'eva' });
    const report = await conformance(socketOf(server), '', { CHAT_TOKEN: token });
    expect(failing(report)).toEqual([]);
    expect(report.code).toBe(0);
    expect(report.rules('holds')).toEqual(
      expect.arrayContaining(['W2', 'V3', 'V6', 'V7', 'F1', 'N3', 'N6', 'N7', 'Q2']),
    );
    await server.stop();
  });

  it('[X3] finds nothing wrong with a proxy that passes everything on', async () => {
    const server = await ServerProcess.start({ DATABASE_URL: await newDatabase(), LIMITS: 'on' });
    const proxy = await WrongProxy.start(server);
    const report = await conformance(proxy.url, `--rule ${PROXIED}`);
    expect(failing(report)).toEqual([]);
    await server.stop();
  });

  it.each<[string, Fault, string[]]>([
    ['loses a message', { frames: () => everyThirdMessage(() => []) }, ['W2', 'W3', 'V6', 'V7']],
    ['doubles a message', { frames: () => everyThirdMessage((text) => [text, text]) }, ['W3', 'V6', 'V7']],
    ['changes the order', { frames: swapped }, ['V6', 'V7']],
    ['strips the subprotocol', { stripsSubprotocol: true }, ['V1']],
    ['closes with another code', { closeCode: () => 1011 }, ['W11']],
    ['buffers event streams', { buffersStreams: true }, ['F1', 'F2', 'F4']],
  ])('[X3] finds a proxy that %s', async (_, fault, expected) => {
    const server = await ServerProcess.start({ DATABASE_URL: await newDatabase(), LIMITS: 'on' });
    const proxy = await WrongProxy.start(server, fault);
    const report = await conformance(proxy.url, `--rule ${PROXIED} --timeout 3`);
    expect(report.rules('fails')).toEqual(expect.arrayContaining(expected));
    expect(report.rules('fails')).not.toContain('E3');
    expect(report.code).toBe(1);
    for (const { transcript, outcome } of report.checks) {
      if (outcome === 'fails') expect(transcript!.length).toBeGreaterThan(0);
    }
    await server.stop();
  });

  it('[X3] shows what was sent and received, without the token', async () => {
    const server = await ServerProcess.start({ DATABASE_URL: await newDatabase(), ...WITH_TOKENS });
    const proxy = await WrongProxy.start(server, { closeCode: () => 1011 });
    const token = tokenOf({ sub: 'u1', preferred_username: 'eva' });
    const report = await conformance(proxy.url, '--rule W11', { CHAT_TOKEN: token });
    const [failed] = failing(report);
    expect(failed!.reason).toMatch(/100[79]; came 1011/);
    expect(failed!.transcript!.join('\n')).toMatch(/#1 - closed with 1011/);
    expect(report.printed).not.toContain(token.slice(0, 20));
    await server.stop();
  });

  it('[X4] ends with 2 where nothing answers, and where an option is wrong', async () => {
    const nobody = await conformance(`ws://127.0.0.1:${await freePort()}/ws`);
    expect(nobody).toMatchObject({
      code: 2,
      printed: '',
      errors: expect.stringMatching(/cannot be tried: .*ECONNREFUSED/),
    });
    expect(await conformance('http://127.0.0.1/')).toMatchObject({
      code: 2,
      errors: expect.stringMatching(/^--url must/),
    });
    expect(await conformance('ws://127.0.0.1/ws', '--rule W99')).toMatchObject({
      code: 2,
      errors: 'there is no check of W99\n',
    });
  });

  it('[X4] ends with 0, and with 2 where no chosen rule could be tried', async () => {
    const server = await ServerProcess.start({ DATABASE_URL: await newDatabase() });
    expect(await conformance(socketOf(server), '--v1 --rule W2,V3')).toMatchObject({
      code: 0,
      checks: [{ rule: 'W2', outcome: 'holds' }],
    });
    expect(await conformance(socketOf(server), '--rule V8')).toMatchObject({
      code: 2,
      checks: [{ outcome: 'untried' }],
    });
    await server.stop();
  });
});

function everyThirdMessage(instead: (text: string) => readonly string[]): (text: string) => readonly string[] {
  let count = 0;
  return (text) => (text.startsWith('{"type":"chat_message"') && ++count % 3 === 1 ? instead(text) : [text]);
}

/** Swaps every two consecutive messages. */
function swapped(): (text: string) => readonly string[] {
  let kept: string | undefined;
  return (text) => {
    if (!text.startsWith('{"type":"chat_message"')) return [text];
    const before = kept;
    kept = before === undefined ? text : undefined;
    return before === undefined ? [] : [text, before];
  };
}
