import type { Appended } from '../stored-message';

/** What the writer thread is started with. */
export interface WriterOptions {
  readonly path: string;
  readonly synchronous: 'full' | 'normal';
  readonly busyTimeoutMs: number;
}

/** A batch is messages as JSON: one string crosses to another thread at a third of the cost of many objects. */
export type WriterRequest =
  { readonly kind: 'append'; readonly batch: string } | { readonly kind: 'follow' | 'probe' | 'stop' };

/** What came of a request that the database took. */
export interface WriterDone {
  readonly ok: true;
  readonly appended: Appended;
  /** How long the database took. */
  readonly tookMs: number;
}

/** One reply for each request, in order, and one when the thread is ready. */
export type WriterReply = WriterDone | { readonly ok: false; readonly code: string; readonly message: string };
