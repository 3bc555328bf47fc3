import type { ChangedMessage, ChatClient, ChatError } from '@chat-system/client';
import type { Texts } from './texts.js';

/** Reason for a missing connection, as a text for the user. */
export function whyOf(reason: ChatError | undefined, texts: Texts): string {
  if (reason === undefined) return texts.noAnswer;
  if (reason.code === 'NETWORK' || reason.code === 'CLOSE_1006') return texts.noConnection;
  return reason.message;
}

/** Reports a lost connection once, and its return. */
export function noticeLosses(chat: ChatClient, texts: Texts, say: (text: string) => void): void {
  let isLost = false;
  chat.on('state', ({ state, reason, retryAt = Date.now() }) => {
    if (state === 'live' && isLost) say(texts.again);
    if (state === 'live') isLost = false;
    if (state !== 'waiting' || isLost) return;
    isLost = true;
    const seconds = Math.max(0, Math.ceil((retryAt - Date.now()) / 1000));
    say(texts.waiting(whyOf(reason, texts), seconds));
  });
}

export function wordsOf({ id, message, deleted_at: deletedAt }: ChangedMessage, texts: Texts): string {
  return deletedAt === undefined ? texts.edited(id, message) : texts.deleted(id);
}
