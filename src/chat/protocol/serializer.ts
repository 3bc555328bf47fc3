import type { V1Out, V2Out } from './frames';

/*
 * JSON of the frames the server sends. The frequent ones are templates, because `JSON.stringify` of a whole frame costs several
 * times as much; serializer.spec.ts holds every template against its schema.
 */

/** Characters that JSON requires to be escaped in a string (RFC 8259, section 7). */
// eslint-disable-next-line no-control-regex -- control characters are what must be escaped
const ESCAPED = /["\\\u0000-\u001f]/;

/**
 * The text as a JSON string. Expects well-formed text: lone surrogates are never stored. `JSON.stringify` visits each character,
 * which is the largest cost of a message's frame, and few texts contain anything to escape.
 */
export function quoted(text: string): string {
  return ESCAPED.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** Any frame without a template. */
export function serialize(frame: V1Out[keyof V1Out] | V2Out[keyof V2Out]): string {
  return JSON.stringify(frame);
}

/** @param users the names as a JSON array; undefined leaves them out */
export function presence(count: number, users: string | undefined): string {
  return `{"type":"presence","user_count":${count}${users === undefined ? '' : `,"users":${users}`}}`;
}

type Welcome = V2Out['welcome'];
export type WelcomeTail = Pick<Welcome, 'limits' | 'heartbeat_seconds'>;

/** @param users the names as a JSON array, which is long and shared by many clients */
export function welcome(
  head: Pick<Welcome, 'connection_id' | 'username' | 'roles' | 'can' | 'token_expires_in_ms' | 'last_id' | 'epoch'>,
  count: number,
  users: string,
  /** JSON of a `WelcomeTail`, the same for every client. */
  tail: string,
): string {
  const start = JSON.stringify({ type: 'welcome', ...head });
  return `${start.slice(0, -1)},"users":${users},"user_count":${count},${tail.slice(1)}`;
}
