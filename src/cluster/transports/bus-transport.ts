/** Maximum UTF-16 units of a frame. */
export const MAX_FRAME_LENGTH = 256 * 1024;

export interface TransportEvents {
  /** A frame of any replica, this one included. */
  readonly onFrame: (frame: string) => void;
  /** The transport has become unusable. May be called more than once. */
  readonly onLost: (cause: Error) => void;
}

/**
 * One connection to the server that carries the bus, from opening to loss; it never reconnects. Sends frames (texts) to every
 * connected replica; must not know what is in them.
 */
export abstract class BusTransport {
  /** Resolves when it receives everything that is sent from now on. */
  abstract open(events: TransportEvents): Promise<void>;

  /** Resolves when the server has accepted the frames, in this order. */
  abstract send(frames: readonly string[]): Promise<void>;

  /** Resolves when the server answers. */
  abstract ping(): Promise<void>;

  /** Ends it at once, in any state. */
  abstract close(): void;
}
