import type { IncomingMessage } from 'node:http';
import type { Language } from '../errors/language';

/** Options of the HTTP layer, given once by the application above it, to `PlatformModule.with`. */
export abstract class HttpOptions {
  /** Language of error texts where `Accept-Language` does not decide. */
  abstract readonly defaultLanguage: Language;
  /** One log line per request. */
  abstract readonly accessLog: boolean;
  /** The client's address, as the access log names it. */
  abstract readonly clientAddress: (request: IncomingMessage) => string;
  /** Extra time a connection from this peer may stay silent before its first request, in milliseconds. */
  abstract readonly silenceMs: (peer: string) => number;
  /** Whether an exception means that the database cannot be reached. */
  abstract readonly isDatabaseOutage: (exception: unknown) => boolean;
}
