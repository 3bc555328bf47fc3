import type { Violation } from './checks/violation';
import type { Figures } from './figures';
import type { Client, Listener } from './socket-client';
import type { Stored } from './stored';
import type { Where } from './where';
import type { Circumstances } from './writer';

/** Who is there while things are broken. */
export interface Stage {
  readonly clients: readonly Client[];
  readonly listeners: readonly Listener[];
  readonly circumstances: Circumstances;
  readonly say: (line: string) => void;
}

/** What is to be proven: one server, or a cluster of them. */
export interface Subject {
  /** Whether there are several servers, which learn of each other's messages a moment later. */
  readonly isReplicated: boolean;
  /** For clients. */
  readonly where: Where;
  /** The ports of all servers there are. */
  readonly ports: readonly number[];
  /** Ends of servers that nobody asked for. */
  readonly deaths: readonly string[];

  /** What this machine does not allow, of these faults. */
  leftOut(faults: readonly string[]): readonly string[];
  start(): Promise<void>;
  /** Everything runs when it resolves. */
  heal(): Promise<void>;
  /** With these users connected, and nothing broken any more; resolves when all servers know what they ought to know. */
  settle(users: readonly string[]): Promise<void>;
  /** An orderly end of its servers. */
  stop(): Promise<void>;
  /** What is stored, read past the servers. */
  read(): Promise<Stored>;
  /** What it saw itself. */
  violations(): Violation[];
  figures(): Figures;
  /** Leaves the evidence in the folder of the run. */
  keep(): void;
  /** For the end of this process: nothing is waited for. */
  abandon(): void;
}
