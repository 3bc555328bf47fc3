import type { Protocol } from '../protocol/protocol';
import type { WindowEnd } from './presence-window';
import { encodeFrames } from '../protocol/wire';

/** Frames of one window, those of typing last. */
interface Encoded {
  readonly bytes: Buffer;
  readonly typingFrom: number;
}

/** What the end of a window is for the readers of one protocol: encoded once, and cut for each by what it knows already. */
export class PresenceFrames {
  private readonly typing: Buffer;
  private news: Encoded | undefined;
  private state: Encoded | undefined;
  /** Where the joins begin in `news`, and after them the rest. */
  private readonly joinsFrom: number[] = [];

  constructor(
    private readonly protocol: Protocol,
    private readonly end: WindowEnd,
    private readonly now: number,
    /** Who is present after the window. */
    private readonly present: { readonly count: number; readonly list: string },
  ) {
    this.typing = this.encodeTyping(undefined);
  }

  /** Whether a reader at this place has to be given the whole list. */
  isBehind(place: number): boolean {
    const { telling, from } = this.end;
    return !this.protocol.tellsEachJoin && (telling === 'list' || (telling === 'names' && place < from));
  }

  /** Whether a reader at this place knows no more than before when it is told. */
  get isWaiting(): boolean {
    return !this.protocol.tellsEachJoin && this.end.telling === 'nothing';
  }

  /** What a reader at this place is told; empty: nothing. */
  for(place: number, reader: object): Buffer {
    const isNews = this.protocol.tellsEachJoin || (this.end.telling === 'names' && !this.isBehind(place));
    const { bytes, typingFrom } = isNews
      ? (this.news ??= this.encodePresenceMessage())
      : (this.state ??= this.encodeState());
    const from = isNews ? this.joinsFrom[Math.max(0, place - this.end.from)]! : 0;
    if (!this.end.typing.some(({ by }) => by === reader)) return bytes.subarray(from);
    return Buffer.concat([bytes.subarray(from, typingFrom), this.encodeTyping(reader)]);
  }

  private encodePresenceMessage(): Encoded {
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
    const { telling } = this.end;
    if (telling === 'nothing') return this.withTyping(Buffer.alloc(0));
    return this.withTyping(encode([this.protocol.presence(count, telling === 'count' ? undefined : list)]));
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
