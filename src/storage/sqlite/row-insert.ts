import type { Database, Statement } from 'better-sqlite3';

/** Rows per statement: single inserts cost half as much again. */
const ROWS = 8;

/** Inserts any number of rows into one table. */
export class RowInsert {
  private readonly insertOne: Statement;
  private readonly insertRows: Statement;

  /** @param into table and columns; `row`: placeholders of one row, which takes `rowValues` values */
  constructor(
    database: Database,
    into: string,
    row: string,
    private readonly rowValues: number,
  ) {
    // OR FAIL, because the whole transaction is rolled back anyway: by default SQLite would copy pages to undo the statement alone.
    const insertOf = (rows: number) =>
      database.prepare(`INSERT OR FAIL INTO ${into} VALUES ${Array(rows).fill(row).join(', ')}`);
    this.insertOne = insertOf(1);
    this.insertRows = insertOf(ROWS);
  }

  /** @param values of all rows, one after another */
  run(values: readonly unknown[]): void {
    const { rowValues } = this;
    let at = 0;
    for (; at + ROWS * rowValues <= values.length; at += ROWS * rowValues) {
      this.insertRows.run(...values.slice(at, at + ROWS * rowValues));
    }
    for (; at < values.length; at += rowValues) this.insertOne.run(...values.slice(at, at + rowValues));
  }
}
