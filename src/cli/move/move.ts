import type { Storage } from '../../storage/storage';
import type { Appended } from '../../storage/appended';
import type { StoredMessage } from '../../storage/stored-message';
import { ACCOMPANYING } from '../../storage/schema';
import type { TransferTarget } from '../../storage/transfer';
import { Comparison } from './comparison';
import { MessageReader } from './message-reader';
import type { Progress } from './progress';
import { recount } from './recount';
import { copyTable } from './copy-table';
import { explained, Refusal } from './refusal';

/**
 * Copies a chat from one database to another and checks the result. Since ids are gap-free, the number of messages in the target
 * is the position where an interrupted move resumes.
 * @throws Refusal with the reason for the operator
 */
export async function move(from: Storage, to: Storage, progress: Progress): Promise<void> {
  const source = await explained(from, () => from.openTransferSource());
  const sourceReader = new MessageReader(from, source.dataSource);
  const total = await sourceReader.lastId();
  progress.say(`from ${from.name}: ${total} messages`);
  const target = await explained(to, () => to.openTransferTarget());
  const targetReader = new MessageReader(to, target.dataSource);
  const present = await targetReader.lastId();
  progress.say(`to ${to.name}: ${present} messages`);
  if (present > total) throw new Refusal(`${to.name} holds more messages than ${from.name}`);

  const comparison = new Comparison(sourceReader, targetReader);
  await comparison.advanceTo(present, (done) => progress.show('compared', done, present));
  const store = (page: readonly StoredMessage[]) => explained(to, () => append(to, target, page));
  for (let position = present; position < total;) {
    const page = await sourceReader.page(position, total);
    await store(page);
    position = page.at(-1)!.id;
    progress.show('copied', position, total);
  }
  await explained(to, () => target.catchUp());
  await comparison.advanceTo(total, (done) => progress.show('verified', done, total));
  await recount(targetReader, total);
  for (const entity of ACCOMPANYING) {
    const rows = await explained(to, () => copyTable(entity, source, target));
    if (rows.count > 0) progress.say(`with ${rows.count} rows of ${rows.table}`);
  }
  if ((await sourceReader.lastId()) !== total) {
    throw new Refusal(`${from.name} received messages during the move; stop all servers and move again`);
  }
  await explained(to, () => target.close());
  await explained(from, () => source.close());
  progress.say(`moved: ${total} messages, the counters equal a recount, sha256 ${comparison.digest}`);
}

/** Stores a page, or nothing of it if its messages would get ids other than in the source. */
function append(to: Storage, target: TransferTarget, page: readonly StoredMessage[]): Promise<void> {
  return target.append(page, ({ firstId, repeats, taken }: Appended) => {
    if (firstId === page[0]!.id && repeats.length === 0 && !taken) return;
    throw new Refusal(`${to.name}: another process writes to it`);
  });
}
