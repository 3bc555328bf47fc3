import type { Options } from './options';

/** The server under test, and the identity used on it. */
export class Target {
  /** Without a trailing slash. */
  readonly socketUrl: string;
  /** Base URL of the REST API: the WebSocket's without `/ws`. */
  readonly httpUrl: string;
  readonly timeoutMs: number;
  readonly idleSeconds: number;
  /** Headers of every request and handshake. */
  readonly authorization: Record<string, string>;
  /** The one name that the access token allows. */
  identity: string | undefined;

  constructor({ url, timeoutMs, idleSeconds, token }: Options) {
    this.socketUrl = String(url).replace(/\/$/, '');
    this.httpUrl = this.socketUrl.replace(/^ws/, 'http').replace(/\/ws$/, '');
    this.timeoutMs = timeoutMs;
    this.idleSeconds = idleSeconds;
    this.authorization = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  }
}
