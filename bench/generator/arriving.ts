import { setTimeout as delay } from 'node:timers/promises';
import { cpuSeconds } from '../process-figures';
import { Client, openClients, type ServerAddress } from './client';
import { clientFrame, OPCODE } from './frames';

export interface Arriving {
  /** Connected readers that are sent the joins. */
  readonly readers: number;
  readonly arrivals: number;
  /** Whether they reconnect after losing all connections at once; then handshakes are included. */
  readonly again: boolean;
  /** Whether they reconnect with tokens that the server has not seen. */
  readonly renewed?: boolean;
}

export interface ArrivingResult {
  /** Time until the last arrival had its `welcome`. */
  readonly seconds: number;
  /** CPU time until no client received anything more. */
  readonly serverCpuSeconds: number;
}

const TIMEOUT_MS = 60_000;
const QUIET_MS = 300;
const AT_ONCE = 200;
/** Offset of a frame's type, after `{"type":"`: only `welcome` begins with `w`. */
const TYPE_AT = 9;
const W = 0x77;
let arrivedBefore = 0;

/** Many v2 clients send `hello` at the same moment, each under a new name. */
export async function arriving(server: ServerAddress, load: Arriving): Promise<ArrivingResult> {
  const hall = new Hall({ ...server, dialect: 'chatV2' }, arrivedBefore);
  arrivedBefore += load.arrivals;
  try {
    await hall.seat(load.readers);
    if (load.again) {
      await hall.fill(load.arrivals);
      hall.empty();
    } else {
      await hall.queue(load.arrivals);
    }
    await hall.quiet();
    const begin = performance.now();
    const before = cpuSeconds(server.pid);
    if (load.again) await hall.fill(load.arrivals, Number(load.renewed ?? false));
    else await hall.admit();
    const seconds = (performance.now() - begin) / 1000;
    await hall.quiet();
    return { seconds, serverCpuSeconds: cpuSeconds(server.pid) - before };
  } finally {
    hall.close();
  }
}

/** Waiting and arrived clients. */
class Hall {
  private readonly readers: Client[] = [];
  private arrivals: Client[] = [];
  private welcomed = 0;
  private receivedAt = 0;

  constructor(
    private readonly server: ServerAddress,
    private readonly firstName: number,
  ) {}

  async seat(count: number): Promise<void> {
    this.readers.push(...(await openClients(this.server, count)));
    for (const reader of this.readers) this.greet(reader);
    await this.allWelcome(count);
    this.welcomed = 0;
  }

  /** Connected clients that have sent nothing yet. */
  async queue(count: number): Promise<void> {
    this.arrivals = await openClients(this.server, count, { atOnce: AT_ONCE });
  }

  async admit(): Promise<void> {
    this.arrivals.forEach((client, index) => this.greet(client, this.firstName + index));
    await this.allWelcome(this.arrivals.length);
  }

  /** Connects; each sends `hello` as soon as it is connected. */
  async fill(count: number, issue = 0): Promise<void> {
    let started = 0;
    const some = async () => {
      while (started < count) {
        const index = started++;
        const client = await Client.open(this.server, { user: nameOf(this.firstName + index), issue });
        this.arrivals.push(client);
        this.greet(client, this.firstName + index);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, some));
    await this.allWelcome(count);
  }

  /** Closes the connections of all arrived clients. */
  empty(): void {
    for (const client of this.arrivals) client.close();
    this.arrivals = [];
    this.welcomed = 0;
  }

  close(): void {
    for (const client of [...this.readers, ...this.arrivals]) client.close();
  }

  /** Resolves when no client has received anything for QUIET_MS. */
  async quiet(): Promise<void> {
    this.receivedAt = performance.now();
    const deadline = this.receivedAt + TIMEOUT_MS;
    while (performance.now() < Math.min(this.receivedAt + QUIET_MS, deadline)) await delay(5);
  }

  private greet(client: Client, name?: number): void {
    client.listener = {
      text: (bytes, start) => {
        this.receivedAt = performance.now();
        if (bytes[start + TYPE_AT] === W) this.welcomed++;
      },
      read: () => undefined,
    };
    const hello = JSON.stringify({ type: 'hello', ...(name !== undefined && { username: nameOf(name) }) });
    client.send(clientFrame(OPCODE.text, Buffer.from(hello)));
  }

  private async allWelcome(count: number): Promise<void> {
    const deadline = performance.now() + TIMEOUT_MS;
    while (this.welcomed < count) {
      const failed = [...this.readers, ...this.arrivals].find(({ failure }) => failure);
      if (failed) throw new Error(failed.failure);
      if (performance.now() > deadline)
        throw new Error(`${count - this.welcomed} of ${count} were not welcome in time`);
      await delay(2);
    }
  }
}

function nameOf(arrival: number): string {
  return `arrival ${arrival}`;
}
