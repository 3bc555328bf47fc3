import type { Options } from './options';

/** Where the checks go, and as whom. */
export class Target {
  /** Without a slash at the end. */
  readonly socketUrl: string;
  /** The REST API's, as far as `/ws` of the WebSocket. */
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
