import type { ClientFrame } from './frames.js';
import type { Link, LinkContext, Transport } from './index.js';
import { ConnectionOwner } from './connection-owner.js';
import { webSocket } from './transport.js';

export interface SharedOptions {
  /** Tabs with the same name share a connection; they must belong to the same user. Default: one name per server and username. */
  readonly name?: string | undefined;
  /** Transport of the tab that owns the connection. Default: a WebSocket. */
  readonly transport?: Transport | undefined;
}

type Note =
  /** To the owner, which answers with `here`. */
  | { readonly kind: 'who' }
  /** To all tabs: `owner` has the connection and accepts a `hello`. */
  | { readonly kind: 'here'; readonly owner: string }
  | { readonly kind: 'gone' }
  /** To the owner. */
  | { readonly kind: 'up'; readonly tab: string; readonly frame: ClientFrame }
  /** To one tab; to all if `tab` is undefined. */
  | { readonly kind: 'down'; readonly tab: string | undefined; readonly text: string };

/**
 * Shares one connection between all tabs of an origin: `new ChatClient(url, { channel: shared() })`. One tab at a time owns it
 * (Web Locks) and forwards what it receives (BroadcastChannel); when that tab is closed, the next one connects and resumes. In a
 * browser that lacks either API, each tab opens its own connection.
 */
export function shared({ name, transport = webSocket }: SharedOptions = {}): Transport {
  return (context) => {
    const { navigator, BroadcastChannel } = globalThis as Partial<typeof globalThis>;
    if (!(navigator as Partial<Navigator> | undefined)?.locks || !BroadcastChannel) return transport(context);
    return new SharedLink(context, transport, name ?? `chat ${context.url} ${context.hello.username ?? ''}`);
  };
}

/** One tab's end of the shared connection: a follower until it gets the lock, then the owner. */
class SharedLink implements Link {
  readonly #context: LinkContext;
  readonly #channel: BroadcastChannel;
  readonly #tab: string = crypto.getRandomValues(new Uint32Array(4)).join('-');
  readonly #waiting = new AbortController();
  readonly #transport: Transport;
  #owned: ConnectionOwner | undefined;
  /** The tab that owns the connection, if it is another one. */
  #owner: string | undefined;
  /** Whether this tab has received its `welcome`; broadcast frames before it are ignored. */
  #isGreeted = false;
  #isOver = false;
  /** Releases the lock. */
  #release: (() => void) | undefined;

  constructor(context: LinkContext, transport: Transport, name: string) {
    this.#context = context;
    this.#transport = transport;
    this.#channel = new BroadcastChannel(name);
    this.#channel.onmessage = ({ data }: MessageEvent<Note>) => this.#noted(data);
    void navigator.locks
      .request(name, { signal: this.#waiting.signal }, () => this.#own())
      // Aborted by `#end`.
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

  /** Called with the lock: opens a connection that resumes at this tab's position. Resolves when it has ended. */
  #own(): Promise<void> | undefined {
    if (this.#isOver) return;
    // A follower's feed belongs to the previous owner's connection: the client must reconnect, and requests the lock anew.
    if (this.#owner) {
      this.#end(1006, 'the owning tab was closed');
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
      this.#end(1006, 'the owning tab was closed');
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
