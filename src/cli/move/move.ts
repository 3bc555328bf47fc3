import { usesPostgres, withoutSecrets } from '../../settings/database-url';
import type { Settings } from '../../settings/settings';
import { Comparison } from './comparison';
import type { MessageReader } from './message-reader';
import { PostgresTarget } from './postgres-target';
import type { Progress } from './progress';
import { recount } from './recount';
import { explained, Refusal } from './refusal';
import { openSource } from './source';
import { SqliteTarget } from './sqlite-target';
import type { Target } from './target';

/**
 * Copies a chat from one database to another and checks the result. As ids have no holes, the number of messages in the
 * target says how far an earlier call came.
 * @throws Refusal with the reason for the operator
 */
export async function move(from: Readonly<Settings>, to: Readonly<Settings>, progress: Progress): Promise<void> {
  const { reader: source, release } = await explained(withoutSecrets(from.DATABASE_URL), () => openSource(from));
  const total = await source.lastId();
  progress.say(`from ${source.name}: ${total} messages`);
  const target = await explained(withoutSecrets(to.DATABASE_URL), () => openTarget(to));
  const present = await target.reader.lastId();
  progress.say(`to ${target.reader.name}: ${present} messages`);
  if (present > total) throw new Refusal(`${target.reader.name} holds more messages than ${source.name}`);

  const comparison = new Comparison(source, target.reader);
  await comparison.goOn(present, (done) => progress.show('compared', done, present));
  await copy(source, target, present, total, progress);
  await comparison.goOn(total, (done) => progress.show('verified', done, total));
  await recount(target.reader, total);
  if ((await source.lastId()) !== total) {
    throw new Refusal(`${source.name} has got messages meanwhile; stop all servers and move again`);
  }
  await explained(target.reader.name, () => target.close());
  await source.close();
  await release();
  progress.say(`moved: ${total} messages, the counters equal a recount, sha256 ${comparison.digest}`);
}

async function copy(
  source: MessageReader,
  target: Target,
  from: number,
  to: number,
  progress: Progress,
): Promise<void> {
  for (let place = from; place < to;) {
    const page = await source.page(place, to);
    await explained(target.reader.name, () => target.append(page));
    place = page.at(-1)!.id;
    progress.show('copied', place, to);
  }
  await explained(target.reader.name, () => target.follow());
}

function openTarget(settings: Readonly<Settings>): Promise<Target> {
  return usesPostgres(settings) ? PostgresTarget.open(settings) : SqliteTarget.open(settings);
}
