import { Injectable } from '@nestjs/common';
import { DatabaseError, type QueryResult } from 'pg';
import { StartupError } from '../../platform/errors/startup-error';
import { Settings } from '../../settings/settings';
import { BoundedClient, NoAnswer, NotConnected } from './bounded-client';
import { retryUntilAvailable } from './retry';
import { codeOf, postgresFault } from './fault';
import { postgresConnection } from './options';
import { MessageWriter, WriteRefused } from '../message-writer';
import { appendStatement, PREPARE_SESSION } from './append';
import type { Appended, NewMessage } from '../stored-message';

/** From the request to its end, in milliseconds; opening a connection for it is part of that. */
const LIMIT_MS = 1_700;
/** After a silence or a connection that did not come about, requests are refused for so long without another attempt. */
const RETRY_MS = 250;

type Question<Row extends object> = (client: BoundedClient) => Promise<QueryResult<Row>>;

/** Succeeds where the database takes writes, and changes nothing. */
const takeAWrite: Question<never> = (client) => client.query('UPDATE message_head SET last_id = last_id WHERE id = 1');

/**
 * The one connection of this replica that writes to PostgreSQL. It opens when it is needed, so an outage needs no clock of its
 * own: each request is an attempt, and is refused when that fails.
 *
 * When the connection breaks while a batch is being committed, nobody knows whether it was stored; it counts as refused. Sending
 * a message again under its `client_id` is safe either way. Where it was stored all the same, perhaps later, it has ids like
 * any other batch, and the feed finds it in the database.
 */
@Injectable()
export class PostgresWriter extends MessageWriter {
  private client: BoundedClient | undefined;
  /** Until when requests are refused without an attempt, and why. */
  private pause: { until: number; refusal: WriteRefused } | undefined;

  constructor(private readonly settings: Settings) {
    super();
  }

  async start(): Promise<void> {
    try {
      await retryUntilAvailable(() => this.attempt(takeAWrite));
    } catch (error) {
      const refusal = refusalOf(error);
      throw refusal ? new StartupError(`cannot write to the database: ${refusal.message}`) : error;
    }
  }

  async append(batch: readonly NewMessage[]): Promise<Appended> {
    const { rows } = await this.ask((client) => client.query<{ appended: Appended }>(appendStatement(batch)));
    return rows[0]!.appended;
  }

  async probe(): Promise<void> {
    await this.ask(takeAWrite);
  }

  stop(): Promise<void> {
    // Not waited for: with the network frozen the goodbye is never answered.
    void this.client?.end();
    this.client = undefined;
    return Promise.resolve();
  }

  private async ask<Row extends object>(question: Question<Row>): Promise<QueryResult<Row>> {
    if (this.pause && performance.now() < this.pause.until) throw this.pause.refusal;
    try {
      return await this.attempt(question);
    } catch (error) {
      const refusal = refusalOf(error);
      if (!refusal) throw error;
      // A connection that broke is replaced at once, one that is silent or did not come about not so soon.
      const isSlow = error instanceof NotConnected || error instanceof NoAnswer;
      if (isSlow) this.pause = { until: performance.now() + RETRY_MS, refusal };
      throw refusal;
    }
  }

  private async attempt<Row extends object>(question: Question<Row>): Promise<QueryResult<Row>> {
    const deadline = performance.now() + LIMIT_MS;
    try {
      const client = this.client ?? (await this.connect(deadline));
      answerBy(client, deadline);
      return await question(client);
    } catch (error) {
      // Whatever went wrong, the next request begins anew: a server that is stopping says so before the connection ends.
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
      client = new BoundedClient(postgresConnection(this.settings.DATABASE_URL));
      // Nothing is lost with a connection: who waits for an answer is told by the statement.
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
 * Leaves the next statement the time that is left.
 * @throws NoAnswer when there is none: what is sent too late may be executed after its sender was told that it was not
 */
function answerBy(client: BoundedClient, deadline: number): void {
  client.answerMs = deadline - performance.now();
  if (client.answerMs <= 0) throw new NoAnswer(LIMIT_MS);
}

/** A failed statement is an answer; anything else is a bug, and must be loud. */
function refusalOf(error: unknown): WriteRefused | undefined {
  const fault = postgresFault(error);
  if (fault !== undefined) return new WriteRefused(fault, codeOf(error));
  // PostgreSQL's own words may quote a value, which is somebody's message.
  return error instanceof DatabaseError ? new WriteRefused('it refused the statement', codeOf(error)) : undefined;
}
