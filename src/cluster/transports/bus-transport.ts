/** UTF-16 units of a frame that is carried whole, at most. */
export const MAX_FRAME_LENGTH = 256 * 1024;

export interface LinkEvents {
  /** A frame of any replica, this one included. */
  readonly onFrame: (frame: string) => void;
  /** The link is of no use any more. May be called more than once. */
  readonly onLost: (cause: Error) => void;
}

/**
 * One connection to the server that carries the bus, from its opening to its loss; it never reconnects. It takes frames
 * (texts) to everyone who is connected, and must not know what is in them.
 */
export abstract class BusTransport {
  /** Resolves when it hears everything that is sent from now on. */
  abstract open(events: LinkEvents): Promise<void>;

  /** Resolves when the server has taken them, in this order. */
  abstract send(frames: readonly string[]): Promise<void>;

  /** Resolves when the server answers. */
  abstract ping(): Promise<void>;

  /** Ends it at once, whatever state it is in. */
  abstract close(): void;
}
