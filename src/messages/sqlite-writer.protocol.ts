import type { Appended } from './stored-message';

/** What the writer thread is started with. */
export interface WriterOptions {
  readonly path: string;
  readonly synchronous: 'full' | 'normal';
  readonly busyTimeoutMs: number;
}

/** A batch is messages as JSON: one string crosses to another thread at a third of the cost of many objects. */
export type WriterRequest =
  { readonly kind: 'append'; readonly batch: string } | { readonly kind: 'follow' | 'probe' | 'stop' };

/** One reply for each request, in order, and one when the thread is ready. */
export type WriterReply =
  | { readonly ok: true; readonly appended: Appended }
  | { readonly ok: false; readonly code: string; readonly message: string };
