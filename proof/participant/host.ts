import type { Ask, Reporter } from './dialogue';

/** Where the client of a participant runs. */
export interface Host {
  ask(one: Ask): void;
  /** Closes the client; ends what it runs in, also where it does not close. */
  close(): Promise<void>;
}

/** Starts the client of this server's user. */
export type OpenHost = (url: string, token: string, report: Reporter) => Promise<Host>;

/** Until a client that does not close is ended, in milliseconds. */
export const CLOSE_MS = 5_000;
