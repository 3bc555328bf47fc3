import type { ClientFrame, ServerFrame, ServerFrames } from './frames.js';
import type { ChangedMessage, Link, LinkContext, Transport } from './index.js';

/** Frame types addressed to the owning tab alone; never forwarded. */
const OWN = new Set(['welcome', 'replayed', 'pong', 'authenticated', 'token_expiring', 'going_away']);

/**
 * Owner side of a connection shared between tabs: forwards received frames, and answers the `hello` and the pings of follower
 * tabs as the server would, with a `gap` for the messages they missed. Must not know how tabs talk to each other.
 */
export class ConnectionOwner {
  readonly #context: LinkContext;
  readonly #link: Link;
  readonly #toTab: (tab: string | undefined, frame: object) => void;
  readonly #isHere: () => void;
  #welcome: ServerFrames['welcome'] | undefined;
  #lastId = 0;
  #lastChange: number | undefined;
  /** Whether everything up to `lastId` has arrived; a follower greeted earlier would get an incomplete feed. */
  #isLive = false;

  constructor(
    context: LinkContext,
    transport: Transport,
    toTab: (tab: string | undefined, frame: object) => void,
    isHere: () => void,
  ) {
    this.#context = context;
    this.#toTab = toTab;
    this.#isHere = isHere;
    this.#link = transport({
      ...context,
      received: (text) => {
        this.#receive(JSON.parse(text) as ServerFrame);
        context.received(text);
      },
    });
  }

  send(frame: ClientFrame): void {
    this.#link.send(frame);
  }

  close(abrupt?: boolean): void {
    this.#link.close(abrupt);
  }

  /** Offers the connection to the other tabs, once it has caught up. */
  present(): void {
    if (this.#isLive) this.#isHere();
  }

  /** Handles a frame of a follower tab. */
  serve(tab: string, frame: ClientFrame): void {
    if (!this.#isLive) return;
    // No answer on failure: the follower times out and reconnects.
    if (frame.type === 'hello') void this.#greet(tab, frame).catch(() => {});
    else if (frame.type !== 'ping') this.#link.send(frame);
    else this.#toTab(tab, { type: 'pong', ...this.#place() });
  }

  async #greet(tab: string, { after, after_change: afterChange, epoch }: LinkContext['hello']): Promise<void> {
    const isKnown = !epoch || epoch === this.#welcome!.epoch;
    const changes = isKnown && afterChange !== undefined ? await this.#changesAfter(afterChange) : [];
    const lastId = this.#lastId;
    this.#toTab(tab, { ...this.#welcome!, last_id: lastId });
    if (after === undefined || !isKnown) return;
    if (after < lastId) this.#toTab(tab, { type: 'gap', from: after + 1, to: lastId });
    for (const message of changes) if (message.id <= after) this.#toTab(tab, { type: 'message_changed', ...message });
    this.#toTab(tab, { type: 'replayed', ...this.#place() });
  }

  /** Changes since `change`, at least up to the newest one this connection has received. */
  async #changesAfter(change: number): Promise<ChangedMessage[]> {
    const changes: ChangedMessage[] = [];
    const { url, token, options } = this.#context;
    const headers: Record<string, string> = token ? { authorization: `Bearer ${token}` } : {};
    for (let after = change; after < (this.#lastChange ?? 0);) {
      const response = await (options.fetch ?? fetch)(`${url}/api/messages/changes?limit=1000&after=${after}`, {
        headers,
      });
      if (!response.ok) throw new Error(`HTTP ${response.status}`);
      const page = (await response.json()) as { messages: ChangedMessage[]; last_change_id: number };
      changes.push(...page.messages);
      if (page.last_change_id <= after) break;
      after = page.last_change_id;
    }
    return changes;
  }

  #place(): { last_id: number; last_change_id: number | undefined } {
    return { last_id: this.#lastId, last_change_id: this.#lastChange };
  }

  #receive(frame: ServerFrame): void {
    if (frame.type === 'welcome') {
      this.#welcome = frame;
      const { after } = this.#context.hello;
      this.#lastId = Math.min(after ?? frame.last_id, frame.last_id);
    } else if (frame.type === 'chat_message') this.#lastId = frame.id;
    else if (frame.type === 'gap') this.#lastId = frame.to;
    else if (frame.type === 'message_changed') this.#lastChange = frame.change_id;
    else if (frame.type === 'replayed' || frame.type === 'pong') this.#lastChange = frame.last_change_id;
    this.#noteUsers(frame);
    if (!OWN.has(frame.type) && !(frame.type === 'error' && !frame.client_id)) this.#toTab(undefined, frame);
    // `pong` answers the ping sent right after `welcome`: without a replay, the feed is live by then.
    const hasBegun = frame.type === 'replayed' || (frame.type === 'pong' && this.#context.hello.after === undefined);
    if (this.#isLive || !hasBegun) return;
    this.#isLive = true;
    this.#isHere();
  }

  /** Keeps the user list current in the `welcome` that followers get. */
  #noteUsers(frame: ServerFrame): void {
    const welcome = this.#welcome;
    if (!welcome) return;
    if (frame.type === 'presence') Object.assign(welcome, { users: frame.users ?? [], user_count: frame.user_count });
    if ((frame.type !== 'user_joined' && frame.type !== 'user_left') || welcome.users.length !== welcome.user_count)
      return;
    const others = welcome.users.filter((user) => user !== frame.username);
    welcome.users = frame.type === 'user_joined' ? [...others, frame.username] : others;
    welcome.user_count = welcome.users.length;
  }
}
