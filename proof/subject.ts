import type { Violation } from './checks/violation';
import type { Figures } from './figures';
import type { Span } from './history';
import type { Client, Listener } from './socket-client';
import type { Copy, Stored } from './stored';
import type { Where } from './where';
import type { Circumstances } from './sender';

/** The clients that faults affect. */
export interface Stage {
  readonly clients: readonly Client[];
  readonly listeners: readonly Listener[];
  readonly circumstances: Circumstances;
  readonly say: (line: string) => void;
}

/** The system under proof: one server or a cluster. */
export interface Subject {
  /** Whether several servers learn of each other's messages with a delay. */
  readonly isReplicated: boolean;
  /** Where clients connect. */
  readonly where: Where;
  /** Ports of all servers. */
  readonly ports: readonly number[];
  /** When servers could not reach the database. */
  readonly outages: readonly Span[];
  /** Unexpected exits of servers. */
  readonly deaths: readonly string[];

  /** The faults among these that this machine does not allow. */
  leftOut(faults: readonly string[]): readonly string[];
  start(): Promise<void>;
  /** Resolves when everything runs. */
  heal(): Promise<void>;
  /** After the faults, with these users connected: resolves when all servers agree on who is present. */
  settle(users: readonly string[]): Promise<void>;
  /** Stops its servers with SIGTERM. */
  stop(): Promise<void>;
  /** The stored rows, read without the servers. */
  read(): Promise<Stored>;
  /** Remains of texts in its files and in a new backup. */
  copies(): Promise<readonly Copy[]>;
  /** Violations that it observed itself. */
  violations(): Violation[];
  figures(): Figures;
  /** Copies its evidence into the folder of the run. */
  keep(): void;
  /** Kills everything without waiting, when this process ends. */
  abandon(): void;
}
