import { http, type HttpAnswer } from './http';

export const MODERATOR_TOKEN = 'a-secret-of-at-least-32-characters';

/** A request with `MODERATOR_TOKEN`; a body is sent as JSON. */
export function moderate(
  server: { url: string },
  method: string,
  path: string,
  body?: unknown,
  token = MODERATOR_TOKEN,
): Promise<HttpAnswer> {
  const content: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' };
  return http(server.url + path, {
    method,
    headers: { Authorization: `Bearer ${token}`, ...content },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

/** The path of an action on a user. */
export function userPath(username: string, what: string): string {
  return `/api/users/${encodeURIComponent(username)}/${what}`;
}
