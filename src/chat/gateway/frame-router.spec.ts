import { Logger } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import { inMemorySession } from '../../../test/support/in-memory-session';
import { ManualClock } from '../../../test/support/manual-clock';
import { Metrics } from '../../platform/metrics/metrics';
import { readSettings } from '../../settings/load-settings';
import type { Protocol } from '../protocol/protocol';
import { PROTOCOL_V1 } from '../protocol/protocol-v1';
import { PROTOCOL_V2 } from '../protocol/protocol-v2';
import { RateLimits } from '../sessions/rate-limits';
import type { Session } from '../sessions/session';
import { ErrorReplies } from './error-replies';
import { FramePolicies } from './frame-policies';
import { FrameRouter } from './frame-router';

/** Stands in for `ChatGateway` and records calls. */
class CallRecorder {
  readonly calls: unknown[] = [];

  openFeed(session: Session): void {
    this.calls.push('openFeed');
    session.subscription = {} as never;
  }

  @SubscribeMessage('hello')
  hello(_session: Session, frame: object, username?: string): void {
    this.calls.push(['hello', frame, username]);
  }

  @SubscribeMessage('chat_message')
  sendMessage(_session: Session, { message }: { message: string }, username: string): void {
    if (message === 'break') throw new Error('broken');
    this.calls.push([username, message]);
  }

  @SubscribeMessage('user_joined')
  join(_session: Session, _frame: object, username: string): void {
    this.calls.push(['joined', username]);
  }

  @SubscribeMessage('typing')
  typing(_session: Session, _frame: object, username: string): void {
    this.calls.push(['typing', username]);
  }

  @SubscribeMessage('ping')
  ping(): void {
    this.calls.push('ping');
  }
}

const metrics = new Metrics();
// Silences the stack of the deliberate fault.
Logger.overrideLogger(false);

function client(protocol: Protocol, given: Record<string, string> = {}) {
  const settings = readSettings({ LIMITS: 'off', ...given });
  const clock = new ManualClock();
  const limits = new RateLimits(settings, clock, metrics);
  const notes = new CallRecorder();
  const router = new FrameRouter(notes, new FramePolicies(settings, limits), new ErrorReplies(clock, limits, metrics));
  const { session, stream } = inMemorySession({ protocol, settings, clock });
  const send = (frame: object | string, isBinary = false) =>
    router.dispatch(session, Buffer.from(typeof frame === 'string' ? frame : JSON.stringify(frame)), isBinary);
  const errors = () => stream.frames().map(({ message }) => (message as string).replace('Invalid message: ', ''));
  return { send, errors, calls: notes.calls, session, stream };
}

const chatMessage = { type: 'chat_message', username: ' max ', message: 'Hallo' };

it("hands a frame to the handler of its type, with the sender's name in the stored form", () => {
  const v1 = client(PROTOCOL_V1);
  v1.send(chatMessage);
  v1.send({ type: 'user_joined', username: 'eva' });
  expect(v1.calls).toEqual(['openFeed', ['max', 'Hallo'], ['joined', 'eva']]);
  expect(v1.errors()).toEqual([]);
});

it('opens the feed before any first frame other than hello', () => {
  const [silent, greeting] = [client(PROTOCOL_V2), client(PROTOCOL_V2)];
  silent.send({ type: 'ping' });
  silent.send({ type: 'ping' });
  expect(silent.calls).toEqual(['openFeed', 'ping', 'ping']);
  greeting.send({ type: 'hello', after: 3 });
  expect(greeting.calls).toEqual([['hello', { type: 'hello', after: 3 }, undefined]]);
});

it('opens the feed for an invalid frame, too, but not for an unparsable one', () => {
  const { send, calls, errors } = client(PROTOCOL_V2);
  send('{');
  send({ type: 'wave' });
  expect(calls).toEqual([]);
  send({ type: 'typing', username: 1 });
  expect(calls).toEqual(['openFeed']);
  expect(errors()).toHaveLength(3);
});

it.each(['ping', 'typing', 'hello', 'invalid_frame', 'constructor', '__proto__', '', 1, null])(
  'type %j is unknown to v1',
  (type) => {
    const { send, calls, errors } = client(PROTOCOL_V1);
    send({ type });
    send('{"type":"chat_message"}', true);
    expect(errors()).toEqual(['"type" is missing or unknown', 'only text frames are allowed']);
    expect(calls).toEqual([]);
  },
);

describe('policies', () => {
  it('fall back to the name in hello', () => {
    const { send, calls, errors, session } = client(PROTOCOL_V2);
    send({ type: 'typing' });
    session.username = 'max';
    send({ type: 'typing' });
    send({ type: 'typing', username: 'eva' });
    expect(calls).toEqual(['openFeed', ['typing', 'max'], ['typing', 'eva']]);
    expect(errors()).toEqual(['"username" is missing, here and in "hello"']);
  });

  it('check name, then text, then idempotency key, and charge only valid frames', () => {
    const { send, errors, calls } = client(PROTOCOL_V2, { MESSAGE_RATE: '1', MESSAGE_BURST: '1' });
    const base = { type: 'chat_message', client_id: '1', username: 'max', message: 'Hallo' };
    send({ ...base, username: '..', message: ' ', client_id: '\0' });
    send({ ...base, message: ' ', client_id: '\0' });
    send({ ...base, client_id: '\0' });
    send(base);
    send(base);
    expect(errors()).toEqual([
      '"username" must not be "." or ".."',
      '"message" must not be white space and invisible characters only',
      '"client_id" contains characters that are not allowed',
      'Too many requests: at most 1 messages a second; this one was refused; try again in 1 s',
    ]);
    expect(calls).toEqual(['openFeed', ['max', 'Hallo']]);
  });

  it('ignore a client_id under v1, like any unknown key', () => {
    const { send, calls, errors } = client(PROTOCOL_V1);
    for (const client_id of ['1', '\0', 5, {}, null]) send({ ...chatMessage, client_id });
    expect(errors()).toEqual([]);
    expect(calls).toHaveLength(6);
  });

  it('refuse a second hello', () => {
    const { send, errors, session } = client(PROTOCOL_V2);
    send({ type: 'hello' });
    session.subscription = {} as never;
    send({ type: 'hello', username: '..' });
    expect(errors()).toEqual(['"hello" is allowed as the first frame only']);
  });

  it('do not charge typing under a present name', () => {
    const { send, errors, session } = client(PROTOCOL_V2, { MESSAGE_RATE: '1', MESSAGE_BURST: '1' });
    session.useName('max');
    for (let i = 0; i < 5; i++) send({ type: 'typing', username: 'max' });
    expect(errors()).toEqual([]);
    for (let i = 0; i < 2; i++) send({ type: 'typing', username: 'eva' });
    expect(errors()).toHaveLength(1);
  });
});

describe('errors', () => {
  it('repeat a valid idempotency key of a known frame type', () => {
    const { send, stream } = client(PROTOCOL_V2);
    const bad = { type: 'chat_message', username: 'max', message: '' };
    for (const client_id of ['a', '', '\0', 'x'.repeat(65), 7]) send({ ...bad, client_id });
    send({ type: 'wave', client_id: 'a' });
    expect(stream.frames().map(({ client_id }) => client_id)).toEqual(['a', ...Array(5).fill(undefined)]);
  });

  it('inside the server are answered and do not count as refusals', () => {
    const { send, stream, session } = client(PROTOCOL_V2, { MAX_REFUSED_FRAMES: '1' });
    for (let i = 0; i < 3; i++) send({ ...chatMessage, client_id: '1', message: 'break' });
    expect(stream.frames().map(({ code }) => code)).toEqual(Array(3).fill('INTERNAL_ERROR'));
    expect(session.connection.isOpen).toBe(true);
  });

  it('beyond MAX_REFUSED_FRAMES close the connection', () => {
    const { send, stream, session } = client(PROTOCOL_V2, { MAX_REFUSED_FRAMES: '2' });
    for (let i = 0; i < 3; i++) send('{');
    expect(stream.frames()).toHaveLength(2);
    expect(session.connection.isOpen).toBe(false);
  });
});
