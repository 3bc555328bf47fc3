// After a reconnect the client resends under new idempotency keys.
import * as original from '../../../packages/client/dist/send-queue.js';

export function createQueue(...options) {
  const queue = original.createQueue(...options);
  const keys = new Map();
  let connections = 0;
  return {
    ...queue,
    resume(send) {
      const connection = ++connections;
      queue.resume((entry) => {
        const key = connection === 1 ? entry.client_id : `${entry.client_id}-${connection}`;
        keys.set(key, entry.client_id);
        send({ ...entry, client_id: key });
      });
    },
    answered: (frame) => queue.answered({ ...frame, client_id: keys.get(frame.client_id) ?? frame.client_id }),
  };
}
