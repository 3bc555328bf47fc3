import { EventEmitter, once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { WebSocket } from 'ws';
import { inMemorySession } from '../../../test/support/in-memory-session';
import { ManualClock } from '../../../test/support/manual-clock';
import { AddressBudgets } from '../../limits/address-budgets';
import { EventLoopBudget } from '../../limits/event-loop-budget';
import { AppError } from '../../platform/errors/app-error';
import { Metrics } from '../../platform/metrics/metrics';
import { readSettings } from '../../settings/load-settings';
import { AllowedOrigins } from '../../settings/origins';
import { trustOf } from '../../settings/proxy-trust';
import { CLOSE } from '../protocol/close-codes';
import { Admission } from './admission';
import { Capacity } from './capacity';
import { FrameRates } from './frame-budget';
import { UnfinishedMessages } from './unfinished-messages';

const REFUSALS = 100;

function newAdmission(environment: Record<string, string> = {}) {
  const settings = readSettings({ LIMITS: 'off', ...environment });
  const [clock, metrics, capacity] = [new ManualClock(), new Metrics(), new Capacity(settings)];
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
  );
  const closed = async (cause: string) => {
    const { values } = await metrics.closed.get();
    return values.find(({ labels }) => labels.cause === cause)?.value ?? 0;
  };
  const decide = (handshake: IncomingMessage) => Promise.resolve(handshake).then((it) => admission.decide(it));
  return { admission, capacity, clock, closed, decide };
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
  capacity.take(undefined);
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
  capacity.take(undefined);
  expect(() => admission.admitStream(request())).toThrow(new AppError('too_many_connections'));
});
