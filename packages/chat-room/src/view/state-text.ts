import type { Snapshot } from '@chat-system/client';
import { dayOf, type Times } from '../messages/times.js';
import type { Texts } from '../texts/de.js';

/** Minimum wait that is counted down, in milliseconds. */
const LONG_WAIT_MS = 5_000;

type Known = Pick<Snapshot, 'state' | 'completeUpTo' | 'retryAt' | 'reason'>;

/** The state of the connection as a text for the user. */
export function stateText(snapshot: Known | undefined, texts: Texts, times: Times, now = Date.now()): string {
  if (!snapshot) return texts.connecting;
  const { state, completeUpTo, retryAt = now, reason } = snapshot;
  const complete = (then: string, otherwise: string) =>
    completeUpTo === undefined ? otherwise : texts.complete(clock(completeUpTo, times, now), then);
  switch (state) {
    case 'live':
      return texts.live;
    case 'catching-up':
      return complete(texts.catchingUp, texts.loading);
    case 'connecting':
      return complete(texts.reconnecting, texts.connecting);
    case 'offline':
      return complete(texts.offlineNow, texts.offline);
    case 'waiting': {
      const wait = retryAt - now;
      return complete(
        wait > LONG_WAIT_MS ? texts.reconnectingIn(Math.ceil(wait / 1000)) : texts.reconnecting,
        texts.waiting,
      );
    }
    case 'ended':
      return endText(reason?.code, texts);
  }
}

function endText(code: string | undefined, texts: Texts): string {
  if (code === 'CLOSE_1008') return texts.endedOrigin;
  if (code === 'FORBIDDEN' || code === 'CLOSE_4403') return texts.endedForbidden;
  if (code === 'UNAUTHORIZED' || code === 'CLOSE_4401') return texts.endedSignIn;
  return texts.ended;
}

function clock(time: number, times: Times, now: number): string {
  return dayOf(time) === dayOf(now) ? times.short(time) : times.long(time);
}
