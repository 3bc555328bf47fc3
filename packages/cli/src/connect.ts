import { readFileSync } from 'node:fs';
import { ChatClient, type StateEvent } from '@chat-system/client';
import { WebSocket } from 'ws';
import type { Language } from './language.js';
import type { Options } from './options.js';
import { type Texts, textsIn } from './texts.js';

/** Creates a client for the terminal: a WebSocket for every version of Node, a token from the environment, the language. */
export function connect({ url, name }: Options, language: Language, env: NodeJS.ProcessEnv): ChatClient {
  const texts = textsIn(language);
  class Socket extends WebSocket {
    constructor(address: string, protocols: string[]) {
      super(address, protocols, { headers: { 'Accept-Language': language }, perMessageDeflate: false });
    }
  }
  // Read once up front: a missing token file is a usage error, not an unreachable server.
  tokenOf(env, texts);
  const getToken = env.CHAT_TOKEN || env.CHAT_TOKEN_FILE ? () => tokenOf(env, texts) : undefined;
  return new ChatClient(url, { username: name, WebSocket: Socket, getToken });
}

/** Reads the file on each call, because a renewal of the token rewrites it. */
function tokenOf({ CHAT_TOKEN, CHAT_TOKEN_FILE }: NodeJS.ProcessEnv, texts: Texts): string | undefined {
  if (!CHAT_TOKEN_FILE) return CHAT_TOKEN;
  try {
    return readFileSync(CHAT_TOKEN_FILE, 'utf8').trim();
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new Error(texts.unreadable(CHAT_TOKEN_FILE, code), { cause: error });
  }
}

/**
 * Resolves with `true` once the client is live; with `false` after `seconds` (0: no limit), when the server refuses, or when the
 * signal aborts.
 */
export function becomesLive(chat: ChatClient, seconds: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (isLive: boolean) => {
      off();
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      resolve(isLive);
    };
    const giveUp = () => end(false);
    const look = ({ state }: StateEvent) => {
      if (state === 'live' || state === 'ended') end(state === 'live');
    };
    const timer = seconds > 0 ? setTimeout(giveUp, seconds * 1000) : undefined;
    const off = chat.on('state', look);
    signal.addEventListener('abort', giveUp);
    look(chat.getSnapshot());
  });
}
