import type { ClientFrame } from './frames.js';
import type { Link, LinkContext, Transport } from './index.js';
import { ConnectionOwner } from './connection-owner.js';
import { webSocket } from './transport.js';

export interface SharedOptions {
  /** Tabs that give the same name share a connection; they must be of the same user. By default one for each server and user name. */
  readonly name?: string | undefined;
  /** What the tab that has the connection connects by; by default a WebSocket. */
  readonly transport?: Transport | undefined;
}

type Note =
  /** To the tab that has the connection, which answers. */
  | { readonly kind: 'who' }
  /** To everybody: this tab has the connection, and whoever has none may say hello. */
  | { readonly kind: 'here'; readonly owner: string }
  | { readonly kind: 'gone' }
  /** To the tab that has the connection. */
  | { readonly kind: 'up'; readonly tab: string; readonly frame: ClientFrame }
  /** To one tab, or to all. */
  | { readonly kind: 'down'; readonly tab: string | undefined; readonly text: string };

/**
 * One connection for all tabs of an origin: `new ChatClient(url, { channel: shared() })`. One tab at a time has it (Web Locks), and hands on
 * what arrives (BroadcastChannel); when it is closed, the next one connects and goes on where it is. Where a browser has neither, each tab
 * has a connection of its own.
 */
export function shared({ name, transport = webSocket }: SharedOptions = {}): Transport {
  return (context) => {
    const { navigator, BroadcastChannel } = globalThis as Partial<typeof globalThis>;
    if (!(navigator as Partial<Navigator> | undefined)?.locks || !BroadcastChannel) return transport(context);
    return new SharedLink(context, transport, name ?? `chat ${context.url} ${context.hello.username ?? ''}`);
  };
}

/** A tab's part: that of the connection's owner while it holds the lock, of a follower before. */
class SharedLink implements Link {
  readonly #context: LinkContext;
  readonly #channel: BroadcastChannel;
  readonly #tab: string = crypto.getRandomValues(new Uint32Array(4)).join('-');
  readonly #waiting = new AbortController();
  readonly #transport: Transport;
  #owned: ConnectionOwner | undefined;
  /** The tab that has the connection, where it is another one. */
  #owner: string | undefined;
  /** Whether this tab has its `welcome`: what is for all is not for it before. */
  #isGreeted = false;
  #isOver = false;
  /** Gives the lock back. */
  #release: (() => void) | undefined;

  constructor(context: LinkContext, transport: Transport, name: string) {
    this.#context = context;
    this.#transport = transport;
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }: MessageEvent<Note>) => this.#noted(data);
    void navigator.locks
      .request(name, { signal: this.#waiting.signal }, () => this.#own())
      // Given up, by `close`.
      .catch(() => {});
    this.#post({ kind: 'who' });
  }

  send(frame: ClientFrame): void {
    if (this.#owned) this.#owned.send(frame);
    else this.#post({ kind: 'up', tab: this.#tab, frame });
  }

  close(abrupt?: boolean): void {
    if (this.#owned) this.#owned.close(abrupt);
    else void Promise.resolve().then(() => this.#end(1005, ''));
  }

  /** It is this tab's turn: a connection of its own, from where it is. Resolves when that is over. */
  #own(): Promise<void> | undefined {
    if (this.#isOver) return;
    // Its followers' place is in the connection that was: the client connects anew, and is first in the queue by then.
    if (this.#owner) {
      this.#end(1006, 'another tab has gone');
      return;
    }
    return new Promise((resolve) => {
      this.#release = resolve;
      this.#owned = new ConnectionOwner(
        { ...this.#context, closed: (code, reason) => this.#end(code, reason) },
        this.#transport,
        (tab, frame) => this.#post({ kind: 'down', tab, text: JSON.stringify(frame) }),
        () => this.#post({ kind: 'here', owner: this.#tab }),
      );
    });
  }

  #noted(note: Note): void {
    if (this.#isOver) return;
    if (note.kind === 'who') this.#owned?.present();
    else if (note.kind === 'up') this.#owned?.serve(note.tab, note.frame);
    else if (this.#owned) return;
    else if (note.kind === 'here' && !this.#owner) {
      this.#owner = note.owner;
      this.#context.opened();
    } else if (this.#owner && (note.kind === 'gone' || (note.kind === 'here' && note.owner !== this.#owner))) {
      this.#end(1006, 'another tab has gone');
    } else if (note.kind === 'down' && (note.tab === this.#tab || (!note.tab && this.#isGreeted))) {
      this.#isGreeted = true;
      this.#context.received(note.text);
    }
  }

  #post(note: Note): void {
    this.#channel.postMessage(note);
  }

  #end(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    if (this.#owned) this.#post({ kind: 'gone' });
    this.#channel.close();
    this.#waiting.abort();
    this.#release?.();
    this.#context.closed(code, reason);
  }
}
