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
import type { AddressBudget } from '../../src/limits/address-budget';
import { EventLoopBudget } from '../../src/limits/event-loop-budget';
import type { Clock } from '../../src/platform/lifecycle/clock';
import { Metrics } from '../../src/platform/metrics/metrics';
import { readSettings } from '../../src/settings/load-settings';
import type { Settings } from '../../src/settings/settings';
import { ManualClock } from './manual-clock';

const metrics = new Metrics();

/** The TCP stream under a WebSocket without a network. Keeps what is written; a stalled one takes nothing, as a client that does not read. */
export class InMemoryStream extends Duplex {
  isStalled = false;
  /** As on a socket of Node: bytes passed on. */
  _bytesDispatched = 0;
  private readonly chunks: Buffer[] = [];
  private waiting: (() => void) | undefined;

  /** The text frames written so far, parsed; control frames are left out. */
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

  /** Takes one waiting chunk, and goes on if no longer stalled. */
  takeOne(): void {
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.();
  }

  override _read(): void {
    // Nothing arrives by itself.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const take = () => {
      this.chunks.push(chunk);
      this._bytesDispatched += chunk.length;
      done();
    };
    if (this.isStalled) this.waiting = take;
    else take();
  }
}

/** As `ws` makes its sockets on the server's side, which its types do not have. */
const ServerSocket = ChatSocket as unknown as new (address: null, protocols: undefined, options: object) => ChatSocket;

interface Given {
  readonly protocol?: Protocol;
  readonly settings?: Readonly<Settings>;
  readonly clock?: Clock;
  readonly address?: AddressBudget;
}

/** A session on a `ws` socket over a stream in memory. */
export function inMemorySession({
  protocol = PROTOCOL_V2,
  settings = readSettings({}),
  clock = new ManualClock(),
  address,
}: Given = {}): { session: Session; stream: InMemoryStream; socket: WebSocket } {
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
  return { session: new Session(connection, protocol, 'en'), stream, socket };
}
