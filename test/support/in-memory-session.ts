import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import { ChatSocket } from '../../src/chat/gateway/chat-socket';
import type { Protocol } from '../../src/chat/protocol/protocol';
import { PROTOCOL_V2 } from '../../src/chat/protocol/protocol-v2';
import { Connection } from '../../src/chat/sessions/connection';
import { FrameBudget, FrameRates } from '../../src/chat/sessions/frame-budget';
import { Intake } from '../../src/chat/sessions/intake';
import { Session } from '../../src/chat/sessions/session';
import { UnfinishedMessages } from '../../src/chat/sessions/unfinished-messages';
import { ANYBODY, type Identity } from '../../src/access/identity';
import type { AddressBudget } from '../../src/limits/address-budget';
import { EventLoopBudget } from '../../src/limits/event-loop-budget';
import type { Clock } from '../../src/platform/lifecycle/clock';
import { Metrics } from '../../src/platform/metrics/metrics';
import { readSettings } from '../../src/settings/load-settings';
import type { Settings } from '../../src/settings/settings';
import { ManualClock } from './manual-clock';

const metrics = new Metrics();

/** An in-memory TCP stream that records all writes. While stalled, it flushes nothing, like a client that does not read. */
export class InMemoryStream extends Duplex {
  isStalled = false;
  /** Bytes flushed, under the name of Node's sockets. */
  _bytesDispatched = 0;
  private readonly chunks: Buffer[] = [];
  private waiting: (() => void) | undefined;

  /** All text frames written so far, parsed; control frames are omitted. */
  frames(): Record<string, unknown>[] {
    const frames: Record<string, unknown>[] = [];
    const bytes = Buffer.concat(this.chunks);
    for (let at = 0; at < bytes.length;) {
      const short = bytes[at + 1]!;
      const start = at + (short < 126 ? 2 : 4);
      const end = start + (short < 126 ? short : bytes.readUInt16BE(at + 2));
      if (bytes[at] === 0x81) frames.push(JSON.parse(bytes.toString('utf8', start, end)) as Record<string, unknown>);
      at = end;
    }
    return frames;
  }

  /** Everything written so far. */
  text(): string {
    return Buffer.concat(this.chunks).toString();
  }

  /** Opcodes of all frames written so far. */
  opcodes(): number[] {
    const opcodes: number[] = [];
    const bytes = Buffer.concat(this.chunks);
    for (let at = 0; at < bytes.length;) {
      opcodes.push(bytes[at]! & 0xf);
      const short = bytes[at + 1]!;
      at += short < 126 ? 2 + short : 4 + bytes.readUInt16BE(at + 2);
    }
    return opcodes;
  }

  /** Flushes one waiting chunk, and the rest if no longer stalled. */
  takeOne(): void {
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.();
  }

  override _read(): void {
    // Receives nothing.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const flush = () => {
      this.chunks.push(chunk);
      this._bytesDispatched += chunk.length;
      done();
    };
    if (this.isStalled) this.waiting = flush;
    else flush();
  }
}

/** The constructor that `ws` uses for server-side sockets, missing from its types. */
const ServerSocket = ChatSocket as unknown as new (address: null, protocols: undefined, options: object) => ChatSocket;

interface Options {
  readonly protocol?: Protocol;
  readonly settings?: Readonly<Settings>;
  readonly clock?: Clock;
  readonly address?: AddressBudget;
  readonly identity?: Identity;
}

/** A session on a `ws` socket over an in-memory stream. */
export function inMemorySession({
  protocol = PROTOCOL_V2,
  settings = readSettings({}),
  clock = new ManualClock(),
  address,
  identity = ANYBODY,
}: Options = {}): { session: Session; stream: InMemoryStream; socket: WebSocket } {
  const stream = new InMemoryStream();
  const socket = new ServerSocket(null, undefined, { autoPong: false });
  const withStream = socket as unknown as { setSocket(stream: Duplex, head: Buffer, options: object): void };
  withStream.setSocket(stream, Buffer.alloc(0), { maxPayload: settings.MAX_FRAME_BYTES });
  const budget = new FrameBudget(new FrameRates(settings, clock), address);
  const intake = new Intake(
    socket,
    budget,
    new UnfinishedMessages(settings, clock, metrics),
    new EventLoopBudget(clock),
  );
  const connection = new Connection(socket, address, budget, intake, settings.SLOW_CONSUMER_BYTES);
  return { session: new Session(connection, protocol, 'en', identity), stream, socket };
}
