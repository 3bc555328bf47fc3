import { createHash } from 'node:crypto';
import type { DataSource, EntityMetadata, EntityTarget, ObjectLiteral } from 'typeorm';
import type { Row, TransferSource, TransferTarget } from '../../storage/transfer';
import { Refusal } from './refusal';

/** Rows per page. */
const PAGE = 1_000;

/**
 * Replaces the rows of a table in the target with those of the source, and reads them back.
 * @throws Refusal if the rows differ afterwards
 */
export async function copyTable(
  entity: EntityTarget<ObjectLiteral>,
  source: TransferSource,
  target: TransferTarget,
): Promise<{ table: string; count: number }> {
  const metadata = source.dataSource.getMetadata(entity);
  const columns = metadata.columns.map(({ databaseName }) => databaseName);
  await target.replaceRows(metadata.tableName, columns, pagesOf(source.dataSource, metadata));
  const [before, after] = [await digestOf(source.dataSource, metadata), await digestOf(target.dataSource, metadata)];
  if (before.digest !== after.digest) throw new Refusal(`the rows of ${metadata.tableName} differ after copying`);
  return { table: metadata.tableName, count: after.count };
}

/** All rows in the order of the primary key. */
async function* pagesOf(dataSource: DataSource, metadata: EntityMetadata): AsyncGenerator<readonly Row[]> {
  const key = metadata.primaryColumns.map(({ databaseName }) => databaseName);
  const columns = metadata.columns.map(({ databaseName }) => databaseName);
  for (let last: Row | undefined; ;) {
    const query = dataSource.createQueryBuilder().from(metadata.tableName, 't').select([]);
    for (const column of columns) query.addSelect(`t.${column}`, column);
    for (const column of key) query.addOrderBy(`t.${column}`);
    if (last) {
      const place = key.map((column) => `:${column}`).join(', ');
      query.where(`(${key.map((column) => `t.${column}`).join(', ')}) > (${place})`, last);
    }
    const page = await query.limit(PAGE).getRawMany<Row>();
    if (page.length === 0) return;
    yield page;
    last = page.at(-1)!;
  }
}

async function digestOf(dataSource: DataSource, metadata: EntityMetadata): Promise<{ digest: string; count: number }> {
  const digest = createHash('sha256');
  let count = 0;
  for await (const page of pagesOf(dataSource, metadata)) {
    for (const row of page) digest.update(`${JSON.stringify(Object.values(row))}\n`);
    count += page.length;
  }
  return { digest: digest.digest('hex'), count };
}
