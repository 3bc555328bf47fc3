import { Logger } from '@nestjs/common';
import { SubscribeMessage } from '@nestjs/websockets';
import { inMemorySession } from '../../../test/support/in-memory-session';
import { SenderRates } from '../../limits/sender-rates';
import { ManualClock } from '../../../test/support/manual-clock';
import { Access } from '../../access/access';
import type { Identity } from '../../access/identity';
import { NOBODY } from '../../access/identity';
import { NamesInUse } from '../../access/names-in-use';
import { AppError } from '../../platform/errors/app-error';
import { Sanctions } from '../../moderation/sanctions';
import { Metrics } from '../../platform/metrics/metrics';
import { readSettings } from '../../settings/load-settings';
import type { Protocol } from '../protocol/protocol';
import { PROTOCOL_V1 } from '../protocol/protocol-v1';
import { PROTOCOL_V2 } from '../protocol/protocol-v2';
import { RateLimits } from '../sessions/rate-limits';
import type { Session } from '../sessions/session';
import { ErrorReplies } from './error-replies';
import { FramePolicies } from './frame-policies';
import { FrameAccess } from './frame-access';
import { FrameRouter } from './frame-router';
import { SessionNames } from './session-names';

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

  @SubscribeMessage('authenticate')
  authenticate(): void {
    this.calls.push('authenticated');
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

  @SubscribeMessage('edit')
  edit(_session: Session, { id }: { id: number }, by: string): void {
    this.calls.push(['edit', id, by]);
  }

  @SubscribeMessage('delete')
  delete(_session: Session, { id }: { id: number }, by: string): void {
    this.calls.push(['delete', id, by]);
  }

  @SubscribeMessage('ping')
  ping(): void {
    this.calls.push('ping');
  }
}

const metrics = new Metrics();
// Silences the stack of the deliberate fault.
Logger.overrideLogger(false);

/** Stands in for `Authentication`: tokens are verified when the spec says so. */
class Verification {
  readonly pending: { readonly token: string; readonly settle: (outcome: Identity | AppError) => void }[] = [];

  present(session: Session, token: string): Promise<void> | undefined {
    const known = IDENTITIES[token];
    if (known) {
      session.identity = known;
      return undefined;
    }
    return new Promise((resolve, reject) => {
      const settle = (outcome: Identity | AppError) => {
        if (outcome instanceof AppError) {
          reject(outcome);
          return;
        }
        session.identity = outcome;
        resolve();
      };
      this.pending.push({ token, settle });
    });
  }
}

const author = (write: boolean): Identity => ({
  kind: 'author',
  authorId: 7,
  username: 'eva',
  roles: [],
  can: { read: true, write, moderate: false },
});
const [WRITER, READER] = [author(true), author(false)];
const GUEST: Identity = { kind: 'guest', roles: [], can: { read: true, write: true, moderate: false } };
const IDENTITIES: Readonly<Record<string, Identity>> = { known: WRITER };
const TOKENS = { AUTH_JWT_SECRET: 'x'.repeat(32) };

function client(protocol: Protocol, given: Record<string, string> = {}, identity?: Identity) {
  const settings = readSettings({ LIMITS: 'off', ...given });
  const clock = new ManualClock();
  const limits = new RateLimits(settings, clock, new SenderRates(settings, clock), metrics);
  const notes = new CallRecorder();
  const access = new Access(settings);
  const tokens = new Verification();
  const errorReplies = new ErrorReplies(clock, limits, metrics);
  const sanctions = new Sanctions(clock, metrics);
  const names = new SessionNames(limits, new NamesInUse(), { check: () => undefined });
  const policies = new FramePolicies(settings, names, limits, sanctions);
  const rights = new FrameAccess(access, sanctions);
  const router = new FrameRouter(notes, policies, access, rights, tokens, names, errorReplies);
  const { session, stream } = inMemorySession({ protocol, settings, clock, identity });
  const send = (frame: object | string, isBinary = false) =>
    router.dispatch(session, Buffer.from(typeof frame === 'string' ? frame : JSON.stringify(frame)), isBinary);
  const errors = () => stream.frames().map(({ message }) => (message as string).replace('Invalid message: ', ''));
  return { send, errors, calls: notes.calls, session, stream, tokens, clock };
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
  it('repeat a valid idempotency key, whatever the type of the frame', () => {
    const { send, stream } = client(PROTOCOL_V2);
    const bad = { type: 'chat_message', username: 'max', message: '' };
    for (const client_id of ['a', '', '\0', 'x'.repeat(65), 7]) send({ ...bad, client_id });
    send({ type: 'wave', client_id: 'a' });
    expect(stream.frames().map(({ client_id }) => client_id)).toEqual(['a', ...Array(4).fill(undefined), 'a']);
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

describe('rights', () => {
  const message = { type: 'chat_message', client_id: '1', message: 'Hallo' };

  it('are required before the form of a frame is checked, and before the feed begins', () => {
    const { send, stream, calls } = client(PROTOCOL_V2, TOKENS, NOBODY);
    for (const frame of [message, { ...message, message: 7 }, { type: 'typing' }, { type: 'wave' }]) send(frame);
    send({ type: 'hello' });
    expect(stream.frames().map(({ code }) => code)).toEqual(Array(5).fill('UNAUTHORIZED'));
    send({ type: 'ping' });
    expect(calls).toEqual(['ping']);
  });

  it('are required of each frame of a reader', () => {
    const { send, errors, calls } = client(PROTOCOL_V2, TOKENS, READER);
    for (const type of ['chat_message', 'user_joined', 'typing']) send({ ...message, type, username: 'eva' });
    expect(errors()).toEqual(Array(3).fill('Not allowed: no right to write'));
    expect(calls).toEqual(['openFeed']);
  });
});

describe('names', () => {
  const say = { type: 'chat_message', client_id: '1', message: 'Hallo' };

  it.each([
    ['v1', PROTOCOL_V1],
    ['v2', PROTOCOL_V2],
  ])('of somebody with an identity are its own, however it is written, in %s', (_, protocol) => {
    const { send, errors, calls } = client(protocol, TOKENS, WRITER);
    for (const username of [undefined, 'eva', ' eva ']) send({ ...say, username });
    expect(errors()).toEqual([]);
    expect(calls).toEqual(['openFeed', ...Array(3).fill(['eva', 'Hallo'])]);
    for (const username of ['Eva', 'max', '~eva']) send({ ...say, username });
    send({ type: 'user_joined', username: 'max' });
    expect(errors()).toEqual(Array(4).fill('Not allowed: "username" must be your own name, or be left out'));
    expect(calls).toHaveLength(4);
  });

  it('of guests are marked', () => {
    const { send, errors, calls, session } = client(PROTOCOL_V2, TOKENS, GUEST);
    for (const username of ['max', '~max', ' max', '~ max', '~']) send({ ...say, username });
    send({ ...say, username: 'x'.repeat(50) });
    expect(calls.slice(1)).toEqual(Array(4).fill(['~max', 'Hallo']));
    expect(errors()).toEqual(Array(2).fill('"username" must have 1 to 50 characters'));
    session.username = '~max';
    send(say);
    expect(calls.at(-1)).toEqual(['~max', 'Hallo']);
  });

  it('in hello are checked too, also the one on the URL', () => {
    const { send, errors, calls, session } = client(PROTOCOL_V2, TOKENS, WRITER);
    send({ type: 'hello', username: 'max' });
    session.username = 'max';
    send({ type: 'hello' });
    expect(errors()).toHaveLength(2);
    send({ type: 'hello', username: 'eva' });
    expect(calls).toEqual([['hello', { type: 'hello', username: 'eva' }, 'eva']]);
  });

  it('of readers without an identity are ignored in hello', () => {
    const reader = { ...GUEST, can: { ...GUEST.can, write: false } };
    const { send, calls } = client(PROTOCOL_V2, TOKENS, reader);
    send({ type: 'hello', username: 'max' });
    expect(calls).toEqual([['hello', { type: 'hello', username: 'max' }, undefined]]);
  });
});

describe('tokens', () => {
  const hello = (token: string) => ({ type: 'hello', token });

  it('are fields like any other where access is off', () => {
    const { send, calls, errors, tokens } = client(PROTOCOL_V2);
    send({ type: 'hello', token: 7 });
    send({ type: 'authenticate', token: 'known' });
    expect(errors()).toEqual(['"type" is missing or unknown']);
    expect([calls, tokens.pending]).toEqual([[['hello', { type: 'hello', token: 7 }, undefined]], []]);
  });

  it('decide about the frame that brings them', () => {
    const { send, calls } = client(PROTOCOL_V2, TOKENS, NOBODY);
    send(hello('known'));
    send({ type: 'authenticate', token: 'known' });
    expect(calls).toEqual([['hello', hello('known'), 'eva'], 'authenticated']);
  });

  it('hold back what follows until they are verified, in order', async () => {
    const { send, calls, errors, tokens, session } = client(PROTOCOL_V2, TOKENS, NOBODY);
    send(hello('a'));
    send({ type: 'chat_message', client_id: '1', message: '1' });
    send({ type: 'authenticate', token: 'b' });
    send('{');
    send({ type: 'chat_message', client_id: '2', message: '2' });
    expect([calls, tokens.pending.map(({ token }) => token)]).toEqual([[], ['a']]);
    tokens.pending[0]!.settle(WRITER);
    await settled();
    expect(calls).toEqual([['hello', hello('a'), 'eva'], 'openFeed', ['eva', '1']]);
    tokens.pending[1]!.settle(new AppError('token_invalid'));
    await settled();
    expect(errors()).toEqual(['Not signed in: the access token is not valid', 'not valid JSON']);
    expect(calls.at(-1)).toEqual(['eva', '2']);
    expect(session.waiting).toBeUndefined();
  });

  it('are of no use to a client that has gone', async () => {
    const { send, calls, tokens, session } = client(PROTOCOL_V2, TOKENS, NOBODY);
    send(hello('a'));
    send({ type: 'chat_message', client_id: '1', message: '1' });
    session.connection.cutOff();
    tokens.pending[0]!.settle(WRITER);
    await settled();
    expect(calls).toEqual([]);
  });

  it('are not verified in a hello that comes too late', () => {
    const { send, errors, tokens } = client(PROTOCOL_V2, TOKENS, WRITER);
    send({ type: 'ping' });
    send(hello('a'));
    expect([errors(), tokens.pending]).toEqual([['"hello" is allowed as the first frame only'], []]);
  });
});

/** Resolves after the continuations of settled promises have run. */
const settled = () => new Promise((resolve) => setImmediate(resolve));
