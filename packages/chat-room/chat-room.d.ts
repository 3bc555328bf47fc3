/** A message as the element shows it. Times are in milliseconds since 1970. */
export interface Message {
  /** Its position in the log, contiguous from 1. */
  readonly id: number;
  readonly username: string;
  /** Empty in a deleted message. */
  readonly text: string;
  readonly time: number;
  /** The author was authenticated: the name is theirs alone. */
  readonly isVerified: boolean;
  readonly editedAt?: number;
  readonly deletedAt?: number;
  readonly deletedBy?: string;
}

/** An access token, now or later; undefined: there is none. */
export type Token = string | undefined | Promise<string | undefined>;

/** An action that the page adds to messages; choosing it is told by the event `rowaction`. */
export interface RowAction {
  readonly name: string;
  readonly label: string;
}

export type RowActions = (
  message: Message,
  context: { readonly isOwn: boolean; readonly canModerate: boolean },
) => readonly RowAction[];

/** The element's events, by name: the type of `detail`. */
export interface ChatRoomEvents {
  unread: { readonly count: number };
  message: { readonly message: Message; readonly isOwn: boolean };
  statechange: { readonly state: string; readonly completeUpTo: number | undefined };
  namechange: { readonly name: string };
  token: { readonly provide: (token: Token) => void };
  rowaction: { readonly name: string; readonly message: Message };
  toggle: { readonly isOpen: boolean };
}

/** The part of the element's client that pages use most; `@chat-system/client` describes the whole. */
export interface RoomClient {
  readonly users: readonly string[] | undefined;
  send(message: string): Promise<{ readonly id: number; readonly timestamp: string }>;
  request<T>(path: string): Promise<T>;
}

/** `<chat-room>`; see README.md. */
export declare class ChatRoom extends HTMLElement {
  server: string;
  username: string;
  mode: string;
  theme: string;
  heading: string;
  placeholder: string;
  isOpen: boolean;
  keepTitle: boolean;
  isQuiet: boolean;
  getToken: (() => Token) | undefined;
  rowActions: RowActions | undefined;
  readonly unread: number;
  readonly client: RoomClient | undefined;
  open(): void;
  close(): void;
  reconnect(): void;
  scrollToEnd(): Promise<void>;
}

declare global {
  interface HTMLElementTagNameMap {
    'chat-room': ChatRoom;
  }
}
