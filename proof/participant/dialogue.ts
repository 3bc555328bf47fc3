import type { ChangedMessage, ConnectionState, Message, Place, Receipt } from '@chat-system/client';
import type { Request } from '../request';

/** To the client of a participant. */
export type Ask =
  { readonly kind: 'request'; readonly clientId: string; readonly request: Request } | { readonly kind: 'close' };

/** From it, as JSON. */
export type Report = { readonly place: Partial<Place> } & (
  | { readonly kind: 'message'; readonly message: Message }
  | { readonly kind: 'changed'; readonly message: ChangedMessage }
  | { readonly kind: 'reset'; readonly after: number }
  | { readonly kind: 'state'; readonly state: ConnectionState; readonly completeUpTo?: number | undefined }
  | { readonly kind: 'ack'; readonly receipt: Receipt }
  | { readonly kind: 'refused'; readonly clientId: string; readonly code: string }
);

/** Takes reports in the order in which they are made. */
export type Reporter = (report: Report) => void;
