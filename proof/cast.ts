import { violation, type Violation } from './checks/violation';
import type { Figures } from './figures';
import type { Feed, History, Wish } from './history';
import type { Role } from './identities';
import type { Options } from './options';
import type { Random } from './random';
import { Reader } from './reader';
import { type Repeat, Repeater } from './repeater';
import type { Client, Listener } from './socket-client';
import { StreamReader } from './stream-reader';
import { V1Reader } from './v1-reader';
import type { Where } from './where';
import { Author } from './author';
import { Moderator } from './moderator';
import type { Hosts } from './participant/hosts';
import { Participant } from './participant/participant';
import type { Request } from './request';
import type { Circumstances, Sender } from './sender';
import { Spectator } from './spectator';
import { Suspect } from './suspect';
import { Warden } from './warden';
import { Writer } from './writer';

const WINDOWS = [1, 8, 32, 64];
/** Changes that the moderator has in flight. */
const MODERATOR_WINDOW = 4;
/** Minimum duration of a mute or ban, in milliseconds; with several servers longer than the delay they are allowed. */
const SANCTION_MS = 1_500;
const REPLICATED_SANCTION_MS = 4_500;
/** Length of a run, in seconds, from which it must include a mute and a ban, even on a slow machine. */
const SANCTIONED_SECONDS = 6;
/** Types of requests that each role tries: moderators do not write. */
const TYPES: Readonly<Record<Role, number>> = { guest: 3, author: 3, moderator: 2, spectator: 3 };
/** Maximum messages and changes that one sender repeats at the end. */
const REPEATS = 25;
/** Longest wait for an answer before it is a violation. The promise is two seconds, but the run itself loads the machine. */
const SLOW_ANSWER_MS = 5_000;

/** All clients of a run. */
export class Cast {
  readonly circumstances: Circumstances = { isVerbose: false, unstored: 0 };
  private readonly senders: readonly Sender[];
  private readonly participants: readonly Participant[];
  private readonly warden: Warden;
  /** Names under which messages are stored. */
  readonly writers: readonly string[];
  private readonly readers: readonly Reader[];
  private readonly streams: readonly StreamReader[];
  private readonly v1Readers: readonly V1Reader[];
  private readonly repeaters: Repeater[] = [];

  constructor(
    private readonly where: Where,
    private readonly history: History,
    private readonly random: Random,
    private readonly options: Options,
    hosts: Hosts,
  ) {
    const several = <T>(count: number, make: (i: number) => T) => Array.from({ length: count }, (_, i) => make(i));
    const { circumstances } = this;
    const writers = several(options.writers, (i) => {
      // Half of them are guests, so that both kinds have small and large windows.
      const [role, Kind] = i % 4 === 0 || i % 4 === 3 ? (['author', Author] as const) : (['guest', Writer] as const);
      const feed = history.feed(`writer ${i + 1}`, role, `writer-${i + 1}`);
      return new Kind(where, random.fork(), history, feed, WINDOWS[i % WINDOWS.length]!, circumstances);
    });
    const moderatorFeed = history.feed('moderator', 'moderator', 'moderator');
    const spectatorFeed = history.feed('spectator', 'spectator', 'spectator');
    const suspectFeed = history.feed('suspect', 'author', 'suspect');
    const suspect = new Suspect(where, random.fork(), history, suspectFeed, 1, circumstances);
    const lasting = options.isCluster ? REPLICATED_SANCTION_MS : SANCTION_MS;
    // Reconnect at the end: a user who connected while muted is not present.
    this.warden = new Warden(where, random.fork(), history, suspect.username, lasting, () => suspect.cut());
    this.senders = [
      ...writers,
      suspect,
      new Moderator(where, random.fork(), history, moderatorFeed, MODERATOR_WINDOW, circumstances),
      new Spectator(where, random.fork(), history, spectatorFeed, 1, circumstances),
    ];
    this.participants = [...hosts].map(([name, open]) => {
      const feed = history.feed(`client in ${name}`, 'author', `client-in-${name.toLowerCase()}`, true);
      return new Participant(where, random.fork(), history, feed, open);
    });
    this.writers = [...writers, suspect, ...this.participants].map(({ username }) => username);
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
    return [
      ...this.senders,
      ...this.participants,
      ...this.readers,
      ...this.streams,
      ...this.v1Readers,
      ...this.repeaters,
    ];
  }

  /** Clients that only read, and may stall. */
  get listeners(): readonly Listener[] {
    return [...this.readers, ...this.streams, ...this.v1Readers];
  }

  start(): void {
    for (const client of this.clients) client.start();
    this.warden.start();
  }

  finish(): void {
    this.warden.finish();
    for (const sender of [...this.senders, ...this.participants]) sender.finish();
    for (const reader of this.readers) reader.calmDown();
  }

  /** Whether every role has tried every type of request, allowed or not, and the sanctions have occurred. */
  get isComplete(): boolean {
    const isTried = (role: Role) => {
      const senders = this.senders.filter((sender) => sender.role === role);
      const types = new Set(senders.flatMap(({ tried }) => [...tried]));
      return senders.length === 0 || types.size === TYPES[role];
    };
    const sanctions = new Set(this.history.sanctions.map(({ kind }) => kind));
    const isSanctioned = this.options.seconds < SANCTIONED_SECONDS || sanctions.size === 2;
    return isSanctioned && (Object.keys(TYPES) as Role[]).every(isTried);
  }

  /** Messages and changes whose outcome was never settled by an answer. */
  get unanswered(): string[] {
    return [...this.senders, ...this.participants].flatMap(({ unanswered }) => unanswered);
  }

  /** Names present while all clients are connected. */
  get users(): readonly string[] {
    // Users who may not write are not present.
    return this.writers;
  }

  get figures(): Figures {
    const longest = Math.max(...this.senders.map(({ longestWaitMs }) => longestWaitMs));
    return [['longest wait for answer', `${Math.round(longest)} ms`]];
  }

  get slowAnswers(): Violation[] {
    return this.senders
      .filter(({ longestWaitMs }) => longestWaitMs > SLOW_ANSWER_MS)
      .map(({ username, longestWaitMs }) =>
        violation('slow-answer', `${username} waited ${Math.round(longestWaitMs)} ms for an answer`),
      );
  }

  /** Repeats some old messages and changes of each sender, on two connections at once. */
  repeat(): void {
    for (const feed of this.history.feeds.filter(({ username }) => username !== undefined)) {
      const repeats = this.random.shuffled(acknowledgedBy(feed)).slice(0, REPEATS);
      for (const which of ['first', 'second']) {
        const again = this.history.feedBeside(`${feed.name} repeated, ${which}`, feed);
        this.repeaters.push(new Repeater(this.where, this.random.fork(), this.history, again, repeats));
      }
    }
    for (const repeater of this.repeaters) repeater.start();
  }

  /** Whether every sent frame is answered and none waits to be resent. */
  get isSettled(): boolean {
    return this.warden.isDone && [...this.senders, ...this.participants].every(({ isIdle }) => isIdle);
  }

  get isRepeated(): boolean {
    return this.repeaters.every(({ missing }) => missing === 0);
  }

  isCaughtUp(lastId: number, lastChange: number): boolean {
    return [...this.followers, ...this.participants].every(
      ({ cursor = -1, changeCursor = -1 }) => cursor >= lastId && changeCursor >= lastChange,
    );
  }

  /** Closes all connections once the gaps are fetched. */
  async leave(): Promise<void> {
    await Promise.all(this.followers.map((client) => client.gapsFilled()));
    await Promise.all([this.warden, ...this.clients].map((client) => client.stop()));
  }

  /** Clients with a cursor, without the participants. */
  private get followers(): readonly (Sender | Reader | StreamReader)[] {
    return [...this.senders, ...this.readers, ...this.streams];
  }
}

function acknowledgedBy({ sessions }: Feed): Repeat[] {
  const requests = new Map<string, Request>();
  const acknowledged = new Set<string>();
  for (const event of sessions.flatMap(({ events }) => events)) {
    if (event.kind === 'sent') requests.set(event.clientId, { type: 'chat_message', message: event.message });
    else if (event.kind === 'asked') requests.set(event.clientId, wishOf(event));
    else if (event.kind === 'ack' || event.kind === 'done') acknowledged.add(event.clientId);
  }
  return [...acknowledged].map((clientId) => ({ clientId, request: requests.get(clientId)! }));
}

function wishOf({ id, message }: Wish): Request {
  return message === undefined ? { type: 'delete', id } : { type: 'edit', id, message };
}
