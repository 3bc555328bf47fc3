import type { MessageLog } from '../../src/messages/log/message-log';
import type { StoredMessage } from '../../src/storage/stored-message';

/** Appends a message without a socket; resolves once it is delivered to the readers. */
export function append(log: MessageLog, username: string, message: string): Promise<StoredMessage> {
  return new Promise((resolve, reject) => {
    let stored: StoredMessage;
    log.append(
      { id: 0, username, message, createdAt: 0 },
      {
        onCommitted: (committed) => (stored = committed),
        onDelivered: () => resolve(stored),
        onRejected: (_, error) => reject(error),
      },
    );
  });
}
