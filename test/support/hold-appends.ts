import { MessageWriter } from '../../src/storage/message-writer';
import type { TestServer } from './server';

/**
 * Keeps a server's batches from its database until the function it gives is called; then they are stored as ever. Unlike a lock
 * in the database, nothing gives up waiting for it.
 */
export function holdAppends(server: TestServer): () => void {
  const writer = server.app.get(MessageWriter);
  const append = writer.append.bind(writer);
  let release!: () => void;
  const released = new Promise<void>((resolve) => (release = resolve));
  writer.append = (batch) => released.then(() => append(batch));
  return release;
}
