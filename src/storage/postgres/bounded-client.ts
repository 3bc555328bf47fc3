import { Client, type ClientConfig } from 'pg';

/** How long a connection may take to open, in milliseconds. With `READ_MS` it makes less than two seconds. */
export const CONNECT_MS = 900;
/** How long an answer to a read may take, in milliseconds. */
export const READ_MS = 1_000;

/** The answer did not come in time; whether the statement was executed is unknown. */
export class NoAnswer extends Error {
  constructor(ms: number) {
    super(`no answer within ${Math.round(ms)} ms`);
  }
}

/** No connection came about. Whatever the driver says of it, nothing of it is a mistake in a statement. */
export class NotConnected extends Error {
  constructor(cause: unknown) {
    super('the connection failed', { cause: cause instanceof NotConnected ? cause.cause : cause });
  }
}

/**
 * A connection to PostgreSQL on which nothing waits for ever: it is cut when an answer does not come in time. Nothing less
 * would do, as every later answer would be taken for that of another question. It must not know who asks, or what.
 */
export class BoundedClient extends Client {
  answerMs = READ_MS;

  constructor(config: ClientConfig) {
    super(config);
    // A statement under way tells its sender. Without one nobody may be listening, between the pool and who asked it, say; the
    // next question will tell.
    this.on('error', () => undefined);
    // Assigned, not overridden: so it keeps the many forms it is declared with.
    const ask = this.query.bind(this) as (...question: unknown[]) => unknown;
    this.query = ((...question: unknown[]) => this.bounded(ask(...question))) as Client['query'];
    const open = this.connect.bind(this);
    // The pool has a callback, everyone else a promise.
    this.connect = ((done?: (error: Error | null) => void) =>
      done
        ? open((error: Error | null) => done(error && new NotConnected(error)))
        : open().catch((error: unknown) => Promise.reject(new NotConnected(error)))) as Client['connect'];
  }

  private bounded(answer: unknown): unknown {
    if (!(answer instanceof Promise)) return answer;
    const limit = this.answerMs;
    const timer = setTimeout(() => this.connection.stream.destroy(new NoAnswer(limit)), limit);
    return answer.finally(() => clearTimeout(timer));
  }
}
