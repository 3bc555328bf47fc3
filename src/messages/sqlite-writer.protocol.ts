import type { WriterChannel } from './writer-channel';
import type { Appended, NewMessage } from './stored-message';

/** What the writer thread is started with. */
export interface WriterOptions {
  readonly path: string;
  readonly synchronous: 'full' | 'normal';
  readonly busyTimeoutMs: number;
  readonly channel: WriterChannel['memory'];
}

/** As JSON: one text crosses to another thread at a fraction of the cost of many objects. */
export type WriterRequest =
  { readonly kind: 'append'; readonly batch: readonly NewMessage[] } | { readonly kind: 'probe' | 'stop' };

/** One reply for each request. */
export type WriterReply =
  | { readonly ok: true; readonly appended: Appended }
  | { readonly ok: false; readonly code: string; readonly message: string };
