import { setTimeout as delay } from 'node:timers/promises';
import { type Client, openClients, type ServerAddress } from './client';
import { DIALECTS } from './dialects';
import { FrameTemplate, numberOf, senderOf, TagFinder } from './tags';
import { Seen, Witness } from './witness';

const SETTLING_MS = 40_000;

export interface CrowdSize {
  readonly readers: number;
  /** Number of readers that also send. */
  readonly senders: number;
  /** Whether those that only read use protocol v2 and receive changes. Ids must not gain a digit meanwhile. */
  readonly live?: boolean;
  /** Their local address; default 127.0.0.1. */
  readonly from?: string;
}

interface Member {
  readonly client: Client;
  readonly witness: Witness;
}

/** Callbacks for a load. */
interface Watcher {
  /** A sender's read contained this many of its own messages. */
  ownMessages?: (sender: number, count: number) => void;
  /** A reader received a message. */
  delivery?: (sender: number, number: number) => void;
}

/**
 * Readers of one chat, the first of which also send. Every reader keeps a witness; the first one verifies in full that each
 * message arrives once, so the others only have to agree with it.
 */
export class Crowd {
  private readonly members: Member[] = [];
  private readonly templates: FrameTemplate[];
  private readonly sent: number[];
  private readonly seen: Seen[];

  private constructor(
    clients: readonly Client[],
    { senders }: CrowdSize,
    server: ServerAddress,
    private readonly watcher: Watcher,
  ) {
    this.templates = Array.from(
      { length: senders },
      (_, sender) => new FrameTemplate(DIALECTS[server.dialect], sender),
    );
    this.sent = this.templates.map(() => 0);
    this.seen = this.templates.map(() => new Seen());
    clients.forEach((client, index) => this.join(client, index));
  }

  static async open(server: ServerAddress, size: CrowdSize, watcher: Watcher): Promise<Crowd> {
    return new Crowd(
      await openClients(server, size.readers, { from: size.from, ...(size.live && { live: size.senders }) }),
      size,
      server,
      watcher,
    );
  }

  /** Sends the next messages of a sender in one write. */
  send(sender: number, count = 1): void {
    this.members[sender]!.client.send(this.templates[sender]!.frames(this.sent[sender]!, count));
    this.sent[sender]! += count;
  }

  get messagesSent(): number {
    return this.sent.reduce((sum, count) => sum + count, 0);
  }

  /** Messages that arrived before an earlier one of the same sender. */
  get overtaken(): number {
    return this.seen.reduce((sum, { overtaken }) => sum + overtaken, 0);
  }

  /** Received messages, summed over all readers. */
  get deliveries(): number {
    return this.members.reduce((sum, { witness }) => sum + witness.count, 0);
  }

  /** Waits until every reader has every message. @throws Error when one was lost or duplicated, or readers differ in their order */
  async settle(): Promise<void> {
    const deadline = performance.now() + SETTLING_MS;
    const expected = this.messagesSent;
    while (this.members.some(({ witness }) => witness.count < expected)) {
      const failed = this.members.find(({ client }) => client.failure);
      if (failed) throw new Error(failed.client.failure);
      if (performance.now() > deadline)
        throw new Error(`${expected * this.members.length - this.deliveries} deliveries are missing`);
      await delay(2);
    }
    const { hash } = this.members[0]!.witness;
    if (this.members.some(({ witness }) => witness.count !== expected))
      throw new Error('a reader got too many messages');
    if (this.seen.some(({ isTwice }) => isTwice)) throw new Error('a message came twice');
    if (this.members.some(({ witness }) => witness.hash !== hash)) throw new Error('readers disagree about the order');
  }

  close(): void {
    for (const { client } of this.members) client.close();
  }

  private join(client: Client, index: number): void {
    const witness = new Witness();
    const { watcher } = this;
    const tags = new TagFinder();
    const isSender = index < this.templates.length;
    const seen = index === 0 ? this.seen : undefined;
    let own = 0;
    client.listener = {
      text: (bytes, start, end) => {
        const tag = tags.find(bytes, start, end);
        if (tag === -1) return;
        witness.add(bytes, tag);
        if (isSender && senderOf(bytes, tag) === index) own++;
        seen?.[senderOf(bytes, tag)]!.add(numberOf(bytes, tag));
        watcher.delivery?.(senderOf(bytes, tag), numberOf(bytes, tag));
      },
      read: () => {
        if (own === 0) return;
        const count = own;
        own = 0;
        watcher.ownMessages?.(index, count);
      },
    };
    this.members.push({ client, witness });
  }
}
