import type { ChangedMessage, ConnectionState, Message, Place, Receipt } from '@chat-system/client';
import type { Request } from '../request';

/** A message to the client of a participant. */
export type Ask =
  { readonly kind: 'request'; readonly clientId: string; readonly request: Request } | { readonly kind: 'close' };

/** A message from that client, as JSON. */
export type Report = { readonly place: Partial<Place> } & (
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'changed'; readonly message: ChangedMessage }
  | { readonly kind: 'reset'; readonly after: number }
  | { readonly kind: 'state'; readonly state: ConnectionState; readonly completeUpTo?: number | undefined }
  | { readonly kind: 'ack'; readonly receipt: Receipt }
  | { readonly kind: 'refused'; readonly clientId: string; readonly code: string }
);

/** Receives reports in order. */
export type Reporter = (report: Report) => void;
