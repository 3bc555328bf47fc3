import type { NewMessage, Receipt } from './stored-message';

/** What the writer thread is started with. */
export interface WriterOptions {
  readonly path: string;
  readonly synchronous: 'full' | 'normal';
  readonly busyTimeoutMs: number;
}

export type WriterRequest =
  | { readonly kind: 'append'; readonly batch: readonly NewMessage[] }
  | { readonly kind: 'probe' }
  | { readonly kind: 'stop' };

/** One reply per `append` or `probe`, in order; one without a request when the thread is ready. */
export type WriterReply =
  | { readonly ok: true; readonly receipts: readonly Receipt[] }
  | { readonly ok: false; readonly code: string; readonly message: string };
