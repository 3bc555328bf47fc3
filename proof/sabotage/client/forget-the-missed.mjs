// After a reconnect the client moves its cursor to the newest message and skips those it missed.
import * as original from '../../../packages/client/dist/feed.js';

export * from '../../../packages/client/dist/feed.js';

export function createFeed(...options) {
  const feed = original.createFeed(...options);
  return {
    ...feed,
    welcome(frame, signal) {
      feed.place.id = Math.max(feed.place.id, frame.last_id);
      return feed.welcome(frame, signal);
    },
    deliver(message) {
      if (message.id > feed.place.id) feed.deliver(message);
    },
    fill: () => undefined,
  };
}
