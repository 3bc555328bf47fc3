import type { Protocol } from '../protocol/protocol';
import type { WindowEnd } from './presence-window';
import { encodeFrames } from '../protocol/wire';

/** Encoded frames of one window; `typingFrom`: offset of its typing frames. */
interface Encoded {
  readonly bytes: Buffer;
  readonly typingFrom: number;
}

/** The end of a window for the readers of one protocol: encoded once, and sliced for each reader by its place. */
export class PresenceFrames {
  private readonly typing: Buffer;
  private changes: Encoded | undefined;
  private state: Encoded | undefined;
  private nothing: Encoded | undefined;
  /** Offset of each join in `changes`, then of the frames after the joins. */
  private readonly joinsFrom: number[] = [];

  constructor(
    private readonly protocol: Protocol,
    private readonly end: WindowEnd,
    private readonly now: number,
    /** Users present after the window. */
    private readonly present: { readonly count: number; readonly list: string },
  ) {
    this.typing = this.encodeTyping(undefined);
  }

  /** Whether a reader at this place needs the whole list. */
  isBehind(place: number): boolean {
    const { telling, from } = this.end;
    return !this.protocol.tellsEachJoin && (telling === 'list' || (telling === 'names' && place < from));
  }

  /** Whether the window has no presence update for a reader at this place yet; the reader then stays there. */
  isWaiting(place: number): boolean {
    const { telling, counted } = this.end;
    return !this.protocol.tellsEachJoin && telling === 'nothing' && place >= counted;
  }

  /** Whether the window has nothing for a reader at this place. */
  areEmpty(place: number): boolean {
    return this.end.typing.length === 0 && this.isWaiting(place);
  }

  /** The frames for a reader at this place; empty: there are none. */
  for(place: number, reader: object): Buffer {
    const isIncremental = this.protocol.tellsEachJoin || (this.end.telling === 'names' && !this.isBehind(place));
    const { bytes, typingFrom } = isIncremental ? this.encodedChanges : this.encodedState(place);
    const from = isIncremental ? this.joinsFrom[Math.max(0, place - this.end.from)]! : 0;
    if (!this.end.typing.some(({ by }) => by === reader)) return bytes.subarray(from);
    return Buffer.concat([bytes.subarray(from, typingFrom), this.encodeTyping(reader)]);
  }

  private get encodedChanges(): Encoded {
    return (this.changes ??= this.encodeChanges());
  }

  private encodedState(place: number): Encoded {
    if (this.isWaiting(place)) return (this.nothing ??= this.withTyping(Buffer.alloc(0)));
    return (this.state ??= this.encodeState());
  }

  private encodeChanges(): Encoded {
    const { protocol, now, end } = this;
    const joins = end.joined.map((name) => encode(name === undefined ? [] : [protocol.userJoined(name, now)]));
    let at = 0;
    for (const { length } of joins) {
      this.joinsFrom.push(at);
      at += length;
    }
    this.joinsFrom.push(at);
    return this.withTyping(Buffer.concat([...joins, encode(end.left.map((name) => protocol.userLeft(name, now)))]));
  }

  private encodeState(): Encoded {
    const { count, list } = this.present;
    const isNumberOnly = this.end.telling === 'count' || this.end.telling === 'nothing';
    return this.withTyping(encode([this.protocol.presence(count, isNumberOnly ? undefined : list)]));
  }

  private withTyping(frames: Buffer): Encoded {
    return { bytes: Buffer.concat([frames, this.typing]), typingFrom: frames.length };
  }

  private encodeTyping(except: object | undefined): Buffer {
    const others = this.end.typing.filter(({ by }) => except === undefined || by !== except);
    return encode(others.map(({ username }) => this.protocol.typing(username)));
  }
}

function encode(texts: readonly (string | undefined)[]): Buffer {
  return encodeFrames(texts.filter((text) => text !== undefined));
}
