import { EventEmitter, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { inMemorySession } from '../../../test/support/in-memory-session';
import { ManualClock } from '../../../test/support/manual-clock';
import { Access } from '../../access/access';
import { ANYBODY, type Identity, NOBODY } from '../../access/identity';
import { AddressBudgets } from '../../limits/address-budgets';
import { EventLoopBudget } from '../../limits/event-loop-budget';
import { AppError } from '../../platform/errors/app-error';
import { Sanctions } from '../../moderation/sanctions';
import { Metrics } from '../../platform/metrics/metrics';
import { readSettings } from '../../settings/load-settings';
import { AllowedOrigins } from '../../settings/origins';
import { trustOf } from '../../settings/proxy-trust';
import { CLOSE } from '../protocol/close-codes';
import { Admission } from './admission';
import { Capacity } from './capacity';
import { FrameRates } from './frame-budget';
import { Handshakes } from './handshakes';
import { Unauthenticated } from './unauthenticated';
import { UnfinishedMessages } from './unfinished-messages';

const REFUSALS = 100;

/** The result of authenticating a handshake, with access on. */
type Proof = () => Identity | Promise<Identity>;

function newAdmission(environment: Record<string, string> = {}, proof: Proof = () => NOBODY) {
  const settings = readSettings({ LIMITS: 'off', ...environment });
  const [clock, metrics, capacity] = [new ManualClock(), new Metrics(), new Capacity(settings)];
  const unauthenticated = new Unauthenticated(settings, clock);
  const admission = new Admission(
    settings,
    clock,
    new AllowedOrigins(settings.ALLOWED_ORIGINS, trustOf(settings.TRUST_PROXY)),
    new AddressBudgets(settings, clock, metrics),
    capacity,
    new FrameRates(settings, clock),
    new UnfinishedMessages(settings, clock, metrics),
    new EventLoopBudget(clock),
    metrics,
    new Handshakes(
      new Access(settings),
      { authenticateRequest: proof },
      unauthenticated,
      new Sanctions(clock, metrics),
      metrics,
      clock,
    ),
  );
  const closed = async (cause: string) => {
    const { values } = await metrics.closed.get();
    return values.find(({ labels }) => labels.cause === cause)?.value ?? 0;
  };
  const decide = (handshake: IncomingMessage) => Promise.resolve(handshake).then((it) => admission.decide(it));
  return { admission, capacity, clock, closed, decide, unauthenticated };
}

function request(headers: Record<string, string> = {}, remoteAddress = '203.0.113.6'): IncomingMessage {
  const socket = Object.assign(new EventEmitter(), { remoteAddress });
  return { headers: { host: 'chat.example', ...headers }, socket } as unknown as IncomingMessage;
}

const SETTINGS = readSettings({});
const newSocket = (): WebSocket => inMemorySession({ settings: SETTINGS }).socket;
const foreign = { origin: 'https://evil.example' };
const OWN_ONLY = { ALLOWED_ORIGINS: 'https://chat.example' };

it('admits a client as a session in its language', async () => {
  const { admission, decide } = newAdmission();
  const handshake = request({ 'accept-language': 'en' });
  const decision = await decide(handshake);
  expect(decision.refusal).toBeUndefined();
  expect(admission.admit(newSocket(), handshake, decision)).toMatchObject({ language: 'en' });
});

it('speaks the language of the settings where the client names none', async () => {
  const { admission, decide } = newAdmission({ DEFAULT_LANGUAGE: 'de' });
  const handshake = request();
  expect(admission.admit(newSocket(), handshake, await decide(handshake))).toMatchObject({ language: 'de' });
});

it('refuses pages of other origins with a close code, and counts them', async () => {
  const { admission, closed, decide } = newAdmission(OWN_ONLY);
  const handshake = request(foreign);
  const decision = await decide(handshake);
  expect(decision.refusal).toMatchObject({ code: CLOSE.policy, cause: 'origin' });
  const socket = newSocket();
  expect(admission.admit(socket, handshake, decision)).toBeUndefined();
  expect(socket.readyState).toBe(socket.CLOSING);
  expect(await closed('origin')).toBe(1);
});

it('refuses a client for which there is no place, and the origin before that', async () => {
  const { capacity, decide } = newAdmission({ ...OWN_ONLY, MAX_CONNECTIONS: '1' });
  capacity.acquire(undefined);
  expect((await decide(request())).refusal).toMatchObject({ code: CLOSE.tooMany, cause: 'too_many' });
  expect((await decide(request(foreign))).refusal).toMatchObject({ code: CLOSE.policy });
});

it(`refuses by HTTP status beyond ${REFUSALS} refusals in progress, until one of them ends`, async () => {
  const { admission, closed, decide } = newAdmission(OWN_ONLY);
  const handshake = request(foreign);
  const sockets = Array.from({ length: REFUSALS }, newSocket);
  for (const socket of sockets) admission.admit(socket, handshake, await decide(handshake));
  await expect(decide(handshake)).rejects.toThrow(new AppError('too_many_connections'));
  expect(await closed('origin')).toBe(REFUSALS + 1);
  // Others are admitted meanwhile.
  expect((await decide(request())).refusal).toBeUndefined();
  const [first] = sockets;
  const ended = once(first!, 'close');
  first!.terminate();
  await ended;
  expect((await decide(handshake)).refusal).toMatchObject({ code: CLOSE.policy });
  for (const socket of sockets) socket.terminate();
});

it('charges each handshake to its address, and streams to the same budget', async () => {
  const { admission, clock, decide } = newAdmission({ HANDSHAKE_RATE_PER_IP: '2' });
  await decide(request());
  expect(admission.admitStream(request())).toBeDefined();
  const third = () => decide(request());
  await expect(third()).rejects.toMatchObject({ reason: 'handshake_rate', retryAfterMs: 30_000 });
  expect((await decide(request({}, '203.0.113.7'))).refusal).toBeUndefined();
  await clock.advance(30_000);
  expect((await third()).refusal).toBeUndefined();
});

it('refuses a stream by HTTP status where it is full', () => {
  const { admission, capacity } = newAdmission({ MAX_CONNECTIONS: '1' });
  capacity.acquire(undefined);
  expect(() => admission.admitStream(request())).toThrow(new AppError('too_many_connections'));
});

describe('with access on', () => {
  const TOKENS = { AUTH_JWT_SECRET: 'x'.repeat(32) };
  const V2 = { 'sec-websocket-protocol': 'chat.v2' };
  const author = (read: boolean): Identity => ({
    kind: 'author',
    authorId: 1,
    username: 'eva',
    roles: [],
    can: { read, write: true, moderate: false },
  });

  it('a session is who its handshake proves, at once or later', async () => {
    const eva = author(true);
    for (const proof of [() => eva, () => Promise.resolve(eva)]) {
      const { admission, decide } = newAdmission(TOKENS, proof);
      const handshake = request();
      expect(admission.admit(newSocket(), handshake, await decide(handshake))?.identity).toBe(eva);
    }
  });

  it('what a handshake offers is not looked at where access is off', async () => {
    const { decide } = newAdmission({}, () => {
      throw new AppError('token_invalid');
    });
    const offers = { 'sec-websocket-protocol': 'bearer.a, bearer.b' };
    expect(await decide(request(offers))).toMatchObject({ identity: ANYBODY, refusal: undefined });
  });

  it.each([
    ['token_invalid', CLOSE.unauthorized, 'bad_token'],
    ['token_expired', CLOSE.unauthorized, 'bad_token'],
    ['name_owned', CLOSE.forbidden, 'bad_user'],
    ['keys_unavailable', CLOSE.tryAgain, 'keys_unavailable'],
  ] as const)('%s closes with %i, after an error frame', async (reason, code, cause) => {
    const error = new AppError(reason);
    const proofs: Proof[] = [
      () => Promise.reject(error),
      () => {
        throw error;
      },
    ];
    for (const proof of proofs) {
      const { admission, closed, decide } = newAdmission(TOKENS, proof);
      const handshake = request(V2);
      const decision = await decide(handshake);
      expect(decision).toMatchObject({ identity: NOBODY, refusal: { code, cause, error } });
      const { socket, stream } = inMemorySession({ settings: SETTINGS });
      expect(admission.admit(socket, handshake, decision)).toBeUndefined();
      expect(stream.frames()).toMatchObject([{ type: 'error', message: error.text('de') }]);
      expect(await closed(cause)).toBe(1);
    }
  });

  it('too many failures of an address are refused by HTTP status, a fault of the server too', async () => {
    const { decide } = newAdmission(TOKENS, () => Promise.reject(new AppError('auth_rate', {}, 5)));
    await expect(decide(request())).rejects.toMatchObject({ code: 'RATE_LIMITED' });
  });

  it('an unauthenticated client may connect under v2 to send a token, but not under v1', async () => {
    const { decide } = newAdmission(TOKENS);
    expect(await decide(request(V2))).toMatchObject({ identity: NOBODY, refusal: undefined });
    expect((await decide(request())).refusal).toMatchObject({ code: CLOSE.unauthorized, cause: 'no_token' });
  });

  it('a client without read access is refused for good', async () => {
    const { decide } = newAdmission(TOKENS, () => author(false));
    expect((await decide(request(V2))).refusal).toMatchObject({ code: CLOSE.forbidden, cause: 'may_not_read' });
  });

  it('a connection has its place while its token is verified, and no longer', async () => {
    let prove: (identity: Identity) => void = () => undefined;
    const proof = () => new Promise<Identity>((resolve) => (prove = resolve));
    const { decide } = newAdmission({ ...TOKENS, MAX_CONNECTIONS: '1' }, proof);
    const first = decide(request());
    await Promise.resolve();
    expect((await decide(request())).refusal).toMatchObject({ cause: 'too_many' });
    prove(author(true));
    expect((await first).refusal).toBeUndefined();
    const second = decide(request());
    await Promise.resolve();
    prove(author(true));
    expect((await second).refusal).toBeUndefined();
  });

  it('connections without a token are a tenth of all, and of those of one address', async () => {
    const limits = { ...TOKENS, MAX_CONNECTIONS: '300', MAX_CONNECTIONS_PER_IP: '200' };
    const { admission, decide, unauthenticated, clock } = newAdmission(limits);
    const connect = async (address: string) => {
      const handshake = request(V2, address);
      const decision = await decide(handshake);
      if (decision.refusal) return decision.refusal.cause;
      const session = admission.admit(newSocket(), handshake, decision)!;
      unauthenticated.add(session);
      return session;
    };
    for (let i = 0; i < 20; i++) expect(typeof (await connect('203.0.113.6'))).toBe('object');
    expect(await connect('203.0.113.6')).toBe('too_many_without_token');
    const others = [];
    for (let i = 0; i < 10; i++) others.push(await connect('203.0.113.7'));
    expect(await connect('203.0.113.8')).toBe('too_many_without_token');
    unauthenticated.delete(others[0] as never);
    expect(typeof (await connect('203.0.113.8'))).toBe('object');
    expect([...unauthenticated.late()]).toHaveLength(0);
    await clock.advance(10_000);
    expect([...unauthenticated.late()]).toHaveLength(30);
  });
});
