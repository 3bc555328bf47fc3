import { violation, type Violation } from './checks/violation';
import type { Figures } from './figures';
import type { History } from './history';
import type { Options } from './options';
import type { Random } from './random';
import { Reader } from './reader';
import { Repeater } from './repeater';
import type { Client, Listener } from './socket-client';
import { StreamReader } from './stream-reader';
import { V1Reader } from './v1-reader';
import type { Where } from './where';
import { type Circumstances, Writer } from './writer';

const WINDOWS = [1, 8, 32, 64];
/** Maximum messages that one writer repeats at the end. */
const REPEATS = 25;
/** Longest wait for an answer before it is a violation. The promise is two seconds, but the run itself loads the machine. */
const SLOW_ANSWER_MS = 5_000;

/** All clients of a run. */
export class Cast {
  readonly circumstances: Circumstances = { isVerbose: false, unstored: 0 };
  readonly writers: readonly Writer[];
  private readonly readers: readonly Reader[];
  private readonly streams: readonly StreamReader[];
  private readonly v1Readers: readonly V1Reader[];
  private readonly repeaters: Repeater[] = [];

  constructor(
    private readonly where: Where,
    private readonly history: History,
    private readonly random: Random,
    options: Options,
  ) {
    const several = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i));
    this.writers = several(options.writers, (i) => {
      const feed = history.feed(`writer ${i + 1}`, `writer-${i + 1}`);
      return new Writer(where, random.fork(), history, feed, WINDOWS[i % WINDOWS.length]!, this.circumstances);
    });
    this.readers = several(options.readers, (i) => {
      const feed = history.feed(`reader ${i + 1}`);
      return new Reader(where, random.fork(), history, feed, i % 3 === 2 ? undefined : 0);
    });
    const others = Math.ceil(options.readers / 3);
    this.streams = several(others, (i) => {
      return new StreamReader(where, random.fork(), history, history.feed(`event stream ${i + 1}`));
    });
    this.v1Readers = several(others, (i) => {
      return new V1Reader(where, random.fork(), history, history.v1Feed(`v1 reader ${i + 1}`));
    });
  }

  get clients(): readonly Client[] {
    return [...this.writers, ...this.readers, ...this.streams, ...this.v1Readers, ...this.repeaters];
  }

  /** Clients that only read, and may stall. */
  get listeners(): readonly Listener[] {
    return [...this.readers, ...this.streams, ...this.v1Readers];
  }

  start(): void {
    for (const client of this.clients) client.start();
  }

  finish(): void {
    for (const writer of this.writers) writer.finish();
    for (const reader of this.readers) reader.calmDown();
  }

  /** Messages whose outcome was never settled by an answer. */
  get unanswered(): string[] {
    return this.writers.flatMap(({ unanswered }) => unanswered);
  }

  /** Names present while all clients are connected. */
  get users(): string[] {
    return this.writers.map(({ username }) => username);
  }

  get figures(): Figures {
    const longest = Math.max(...this.writers.map(({ longestWaitMs }) => longestWaitMs));
    return [['longest wait for answer', `${Math.round(longest)} ms`]];
  }

  get slowAnswers(): Violation[] {
    return this.writers
      .filter(({ longestWaitMs }) => longestWaitMs > SLOW_ANSWER_MS)
      .map(({ username, longestWaitMs }) =>
        violation('slow-answer', `${username} waited ${Math.round(longestWaitMs)} ms for an answer`),
      );
  }

  /** Sends some old messages of each writer again, on two connections at once. */
  repeat(): void {
    for (const feed of this.history.feeds.filter(({ username }) => username !== undefined)) {
      const acknowledged = new Set<string>();
      const texts = new Map<string, string>();
      for (const event of feed.sessions.flatMap(({ events }) => events)) {
        if (event.kind === 'sent') texts.set(event.clientId, event.message);
        if (event.kind === 'ack') acknowledged.add(event.clientId);
      }
      const repeats = this.random
        .shuffled([...acknowledged])
        .slice(0, REPEATS)
        .map((clientId) => ({ clientId, message: texts.get(clientId)! }));
      for (const which of ['first', 'second']) {
        const again = this.history.feed(`${feed.name} repeated, ${which}`, feed.username, false);
        this.repeaters.push(new Repeater(this.where, this.random.fork(), this.history, again, repeats));
      }
    }
    for (const repeater of this.repeaters) repeater.start();
  }

  /** Whether every sent frame is answered and nothing waits to be sent again. */
  get isSettled(): boolean {
    return this.writers.every(({ isIdle }) => isIdle);
  }

  get isRepeated(): boolean {
    return this.repeaters.every(({ missing }) => missing === 0);
  }

  isCaughtUp(lastId: number): boolean {
    return [...this.writers, ...this.readers, ...this.streams].every(
      ({ cursor }) => cursor !== undefined && cursor >= lastId,
    );
  }

  /** Closes all connections once the gaps are fetched. */
  async leave(): Promise<void> {
    await Promise.all([...this.writers, ...this.readers, ...this.streams].map((client) => client.gapsFilled()));
    await Promise.all(this.clients.map((client) => client.stop()));
  }
}
