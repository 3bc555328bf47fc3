import { must } from '../verdict';
import type { Client, Frame, Matches } from '../client';

const TO_THE_SECOND = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;
const TO_THE_MILLISECOND = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** Maximum attempts to send a message that the rate limit refuses. */
const MAX_TRIES = 5;

/** The message with this text. */
export function said(text: string): Matches {
  return (frame) => frame.type === 'chat_message' && frame.message === text;
}

/** A frame of this type about this user. */
export function about(type: string, username: string): Matches {
  return (frame) => frame.type === type && frame.username === username;
}

/** The answer to the frame with this key. */
export function answerTo(key: string): Matches {
  return (frame) => (frame.type === 'ack' || frame.type === 'error') && frame.client_id === key;
}

/** UTC to the second. */
export function mustBeTime(timestamp: unknown): void {
  must(TO_THE_SECOND.test(String(timestamp)), `a time as 2024-01-01T12:00:00Z; came ${JSON.stringify(timestamp)}`);
}

/** UTC to the millisecond. */
export function mustBePreciseTime(timestamp: unknown): void {
  const expected = `a time as 2024-01-01T12:00:00.000Z; came ${JSON.stringify(timestamp)}`;
  must(TO_THE_MILLISECOND.test(String(timestamp)), expected);
}

export function mustHaveKeys(frame: object, keys: readonly string[]): void {
  const found = Object.keys(frame).sort().join(', ');
  must(found === [...keys].sort().join(', '), `exactly the keys ${keys.join(', ')}; found ${found}`);
}

/** Sends a v2 message, retrying while the user is rate-limited, and returns its ack. */
export async function acknowledged(client: Client, frame: Record<string, unknown>): Promise<Frame> {
  const send = () => {
    client.send({ type: 'chat_message', ...frame });
    return client.expect('answer to the message', answerTo(frame.client_id as string));
  };
  let answer = await send();
  for (let tries = 1; answer.code === 'RATE_LIMITED' && tries < MAX_TRIES; tries++) {
    await pause(Number(answer.retry_after_ms));
    answer = await send();
  }
  must(answer.type === 'ack', `an ack; came ${JSON.stringify(answer)}`);
  return answer;
}

/** Sends a v2 message that must be refused, and returns the error. */
export async function refused(client: Client, frame: Record<string, unknown>, what: string): Promise<Frame> {
  client.send({ type: 'chat_message', ...frame });
  const answer = await client.expect('answer to the message', answerTo(frame.client_id as string));
  must(answer.type === 'error', `an error for ${what}; came ${JSON.stringify(answer)}`);
  return answer;
}

/** Barrier for a v2 connection: after its `pong`, everything that the server sent before has arrived. */
export async function settled(client: Client): Promise<Frame> {
  client.send({ type: 'ping' });
  return client.expectType('pong');
}

/** Requires each id to be the previous one plus one. */
export function mustBeContiguous(messages: readonly Frame[]): void {
  for (const [i, { id }] of messages.entries()) {
    const before = i === 0 ? undefined : (messages[i - 1]!.id as number);
    if (before === undefined) continue;
    must(id === before + 1, `id ${before + 1} after ${before}; came ${JSON.stringify(id)}`);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
