import { DatabaseError, type QueryResult } from 'pg';
import { StartupError } from '../../platform/errors/startup-error';
import type { Settings } from '../../settings/settings';
import { BoundedClient, NoAnswer, NotConnected } from './bounded-client';
import { ConnectionAttempts } from './connection-attempts';
import { retryUntilAvailable } from './retry';
import { codeOf, postgresFault } from './fault';
import { postgresConnection } from './options';
import type { ChangeOutcome, ChangeRequest } from '../message-change';
import { MessageWriter, WriteRefused } from '../message-writer';
import { appendStatement, PREPARE_SESSION } from './append';
import type { Appended } from '../appended';
import type { NewMessage } from '../stored-message';

/** Timeout of a request, in milliseconds, including the connection it may have to open. */
const TIMEOUT_MS = 1_700;
/** Time after a timeout or a failed connection in which requests are refused without an attempt, in milliseconds. */
const PAUSE_MS = 250;

type Statement<Row extends object> = (client: BoundedClient) => Promise<QueryResult<Row>>;

/** A no-op write, which succeeds if the database accepts writes. */
const touchHead: Statement<never> = (client) => client.query('UPDATE message_head SET last_id = last_id WHERE id = 1');

/**
 * Owns the one connection of this replica that writes messages. Opens it on demand, so an outage needs no timer: each request is
 * an attempt, and is refused when that fails. Must not know how batches are formed.
 *
 * When the connection breaks during a commit, the outcome is unknown and counts as refused. Repeating a message under its
 * idempotency key is safe either way. If the batch was stored after all, perhaps later, it has ids like any other, and the feed
 * finds it in the database.
 */
export class PostgresWriter extends MessageWriter {
  private client: BoundedClient | undefined;
  /** Requests until then are refused without an attempt. */
  private pause: { until: number; refusal: WriteRefused } | undefined;

  constructor(
    private readonly settings: Readonly<Settings>,
    private readonly attempts = new ConnectionAttempts(),
  ) {
    super();
  }

  async start(): Promise<void> {
    try {
      await retryUntilAvailable(() => this.attempt(touchHead));
    } catch (error) {
      const refusal = refusalOf(error);
      throw refusal ? new StartupError(`cannot write to the database: ${refusal.message}`) : error;
    }
  }

  async append(batch: readonly NewMessage[], changes: readonly ChangeRequest[] = []): Promise<Appended> {
    const { rows } = await this.query((client) =>
      client.query<{ appended: Appended; changes?: readonly ChangeOutcome[] }>(appendStatement(batch, changes)),
    );
    const { appended, changes: outcomes } = rows[0]!;
    return outcomes ? { ...appended, changes: outcomes } : appended;
  }

  async probe(): Promise<void> {
    await this.query(touchHead);
  }

  stop(): Promise<void> {
    // Not awaited: over a frozen network it never resolves.
    void this.client?.end();
    this.client = undefined;
    return Promise.resolve();
  }

  private async query<Row extends object>(statement: Statement<Row>): Promise<QueryResult<Row>> {
    if (this.pause && performance.now() < this.pause.until) throw this.pause.refusal;
    try {
      return await this.attempt(statement);
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      // A broken connection is replaced at once; a silent or failed one costs each request the timeout.
      const isSlow = error instanceof NotConnected || error instanceof NoAnswer;
      if (isSlow) this.pause = { until: performance.now() + PAUSE_MS, refusal };
      throw refusal;
    }
  }

  private async attempt<Row extends object>(statement: Statement<Row>): Promise<QueryResult<Row>> {
    const deadline = performance.now() + TIMEOUT_MS;
    try {
      const client = this.client ?? (await this.connect(deadline));
      answerBy(client, deadline);
      return await statement(client);
    } catch (error) {
      // Any failure discards the connection: a stopping server rejects statements before it closes it.
      await this.stop();
      throw error;
    }
  }

  private async connect(deadline: number): Promise<BoundedClient> {
    let client: BoundedClient | undefined;
    const forget = () => {
      if (this.client === client) this.client = undefined;
    };
    try {
      client = new BoundedClient({ ...postgresConnection(this.settings.DATABASE_URL), attempts: this.attempts });
      // A statement in flight rejects by itself.
      client.on('error', forget).on('end', forget);
      await client.connect();
      answerBy(client, deadline);
      await client.query(PREPARE_SESSION);
      return (this.client = client);
    } catch (error) {
      client?.connection.stream.destroy();
      throw new NotConnected(error);
    }
  }
}

/**
 * Limits the next statement to the remaining time.
 * @throws NoAnswer when no time is left: a statement sent now could be executed after its sender was told that it failed
 */
function answerBy(client: BoundedClient, deadline: number): void {
  client.answerMs = deadline - performance.now();
  if (client.answerMs <= 0) throw new NoAnswer(TIMEOUT_MS);
}

/** A failed statement is a refusal; undefined for anything else, which is a bug. */
function refusalOf(error: unknown): WriteRefused | undefined {
  const fault = postgresFault(error);
  if (fault !== undefined) return new WriteRefused(fault, codeOf(error));
  // PostgreSQL's error text may quote the chat message.
  return error instanceof DatabaseError ? new WriteRefused('it refused the statement', codeOf(error)) : undefined;
}
