import { setTimeout as delay } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import type { BetterSqlite3Driver } from 'typeorm/driver/better-sqlite3/BetterSqlite3Driver';
import { BetterSqlite3QueryRunner } from 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner';
import { withDeadline } from '../../platform/lifecycle/deadline';
import { isBusy } from './fault';
import { BUSY_TIMEOUT_MS } from './options';

const RETRY_MS = 5;

type Query = BetterSqlite3QueryRunner['query'];

/** A mutex in FIFO order. */
class Turns {
  private last: Promise<void> = Promise.resolve();

  /** Resolves to the function that ends the turn. Rejects after `BUSY_TIMEOUT_MS`, most likely inside another transaction. */
  async next(): Promise<() => void> {
    const before = this.last;
    let end!: () => void;
    this.last = new Promise((resolve) => (end = resolve));
    try {
      await withDeadline(before, BUSY_TIMEOUT_MS, 'waiting for another transaction on the writable DataSource');
    } catch (error) {
      void before.then(end);
      throw error;
    }
    return end;
  }
}

/**
 * Serialises transactions over the DataSource's single connection, and waits for the file's lock without blocking the event
 * loop. TypeORM alone would let a `save()` join a transaction that other code has open, and lose it in that transaction's
 * rollback.
 *
 * Hazard: inside `dataSource.transaction((manager) => …)` use the manager. A repository from elsewhere waits for the end of the
 * transaction, and fails after `BUSY_TIMEOUT_MS`.
 */
class TurnTakingQueryRunner extends BetterSqlite3QueryRunner {
  private endTurn: (() => void) | undefined;

  constructor(
    driver: BetterSqlite3Driver,
    private readonly turns: Turns,
  ) {
    super(driver);
  }

  override async startTransaction(...isolation: Parameters<BetterSqlite3QueryRunner['startTransaction']>) {
    // A transaction inside a transaction is a savepoint.
    this.endTurn ??= await this.turns.next();
    await super.startTransaction(...isolation);
  }

  override async commitTransaction() {
    await super.commitTransaction();
    if (!this.isTransactionActive) this.leave();
  }

  override async rollbackTransaction() {
    const isOutermost = this.transactionDepth <= 1;
    try {
      await super.rollbackTransaction();
    } finally {
      if (isOutermost) this.leave();
    }
  }

  override query(...statement: Parameters<Query>): ReturnType<Query> {
    if (statement[0] === 'BEGIN TRANSACTION') return this.begin();
    return this.endTurn ? super.query(...statement) : this.alone(statement);
  }

  private async alone(statement: Parameters<Query>): Promise<unknown> {
    const endTurn = await this.turns.next();
    try {
      return await whenNotBusy(() => super.query(...statement));
    } finally {
      endTurn();
    }
  }

  /** Acquires the write lock at once: a transaction that begins with a read cannot upgrade after another connection's write. */
  private async begin(): Promise<unknown> {
    try {
      return await whenNotBusy(() => super.query('BEGIN IMMEDIATE'));
    } catch (error) {
      this.leave();
      throw error;
    }
  }

  private leave(): void {
    this.endTurn?.();
    this.endTurn = undefined;
  }
}

/** Makes every transaction and every single statement of an initialized DataSource wait for its turn. */
export async function takeTurns(dataSource: DataSource): Promise<DataSource> {
  const driver = dataSource.driver as BetterSqlite3Driver;
  // A busy statement fails at once and is repeated: the driver's own wait would block the event loop.
  await dataSource.query('PRAGMA busy_timeout = 0');
  const turns = new Turns();
  driver.createQueryRunner = () => new TurnTakingQueryRunner(driver, turns);
  return dataSource;
}

/** Retries a statement while another connection writes. It has no effect until it succeeds. */
async function whenNotBusy<Result>(statement: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + BUSY_TIMEOUT_MS;
  for (;;) {
    try {
      return await statement();
    } catch (error) {
      if (!isBusy(error) || performance.now() > deadline) throw error;
      await delay(RETRY_MS);
    }
  }
}
