import type { Ask, Reporter } from './dialogue';

/** The environment in which the client of a participant runs. */
export interface Host {
  ask(one: Ask): void;
  /** Closes the client, then ends its environment, even if the client hangs. */
  close(): Promise<void>;
}

/** Starts the client of one user. */
export type OpenHost = (url: string, token: string, report: Reporter) => Promise<Host>;

/** Time after which a client that does not close is ended, in milliseconds. */
export const CLOSE_MS = 5_000;
