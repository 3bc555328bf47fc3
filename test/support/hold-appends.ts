import { MessageWriter } from '../../src/storage/message-writer';
import type { TestServer } from './server';

/**
 * Holds back a server's batches until the returned function is called. Unlike with a database lock, no timeout of the
 * server ends the wait.
 */
export function holdAppends(server: TestServer): () => void {
  const writer = server.app.get(MessageWriter);
  const append = writer.append.bind(writer);
  let release!: () => void;
  const released = new Promise<void>((resolve) => (release = resolve));
  writer.append = (...batches) => released.then(() => append(...batches));
  return release;
}
