/** A frame that is answered by `ack` or `error`, without its idempotency key. */
export type Request =
  | { readonly type: 'chat_message'; readonly message: string }
  | { readonly type: 'edit'; readonly id: number; readonly message: string }
  | { readonly type: 'delete'; readonly id: number };
