import { Client, type ClientConfig } from 'pg';
import { ConnectionAttempts } from './connection-attempts';

/** Timeout of connecting, in milliseconds. Together with `READ_MS` it stays below two seconds. */
export const CONNECT_MS = 900;
/** Timeout of a statement, in milliseconds, unless a client has its own. */
export const READ_MS = 1_000;

/** The answer missed its deadline; whether the statement was executed is unknown. */
export class NoAnswer extends Error {
  constructor(ms: number) {
    super(`no answer within ${Math.round(ms)} ms`);
  }
}

/** Connecting failed. Never a mistake in a statement, whatever error the driver gives. */
export class NotConnected extends Error {
  constructor(cause: unknown) {
    super('the connection failed', { cause: cause instanceof NotConnected ? cause.cause : cause });
  }
}

export interface BoundedClientConfig extends ClientConfig {
  /** Shared with the replica's other connections; absent: not throttled with them. */
  readonly attempts?: ConnectionAttempts;
}

/**
 * A connection to PostgreSQL that is cut when an answer misses its deadline. Owns the timeouts of one connection. Must not know
 * its statements. Cutting is the only safe reaction: a late answer would be taken for that of the next statement.
 */
export class BoundedClient extends Client {
  answerMs = READ_MS;

  constructor(config: BoundedClientConfig) {
    // Not copied: the pool makes the password non-enumerable, so a copy would lack it.
    super(config);
    const { attempts = new ConnectionAttempts() } = config;
    // Statements in flight and later ones reject anyway; without a listener, the event would end the process.
    this.on('error', () => undefined);
    // Assigned instead of overridden, which keeps the declared overloads.
    const query = this.query.bind(this) as (...statement: unknown[]) => unknown;
    this.query = ((...statement: unknown[]) => this.bounded(query(...statement))) as Client['query'];
    const open = this.connect.bind(this);
    const attempt = () =>
      attempts.make(open).catch((error: unknown) => {
        throw new NotConnected(error);
      });
    // The pool passes a callback; other callers await.
    this.connect = ((done?: (error: Error | null) => void) =>
      done ? void attempt().then(() => done(null), done) : attempt()) as Client['connect'];
  }

  private bounded(answer: unknown): unknown {
    if (!(answer instanceof Promise)) return answer;
    const limit = this.answerMs;
    const timer = setTimeout(() => this.connection.stream.destroy(new NoAnswer(limit)), limit);
    return answer.finally(() => clearTimeout(timer));
  }
}
