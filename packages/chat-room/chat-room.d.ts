/** A message as the element shows it. Times are in epoch milliseconds. */
export interface Message {
  /** Its position in the log, contiguous from 1. */
  readonly id: number;
  readonly username: string;
  /** Empty in a deleted message. */
  readonly text: string;
  readonly time: number;
  /** Whether the author was authenticated, so that the name is theirs alone. */
  readonly isVerified: boolean;
  readonly editedAt?: number;
  readonly deletedAt?: number;
  readonly deletedBy?: string;
}

/** An action that the page adds to messages, besides quoting, copying, editing and deleting. */
export interface RowAction {
  /** Identifies the action in the event `rowaction`. */
  readonly name: string;
  readonly label: string;
}

/** The user's relation to a message for which actions are offered. */
export interface RowContext {
  /** Whether the message is the user's own. */
  readonly isOwn: boolean;
  readonly canModerate: boolean;
}

export type RowActions = (message: Message, context: RowContext) => readonly RowAction[];

/** An access token, or a promise of one; undefined for none. */
export type Token = string | undefined | Promise<string | undefined>;

/** Type of `detail` for each event of the element. No event bubbles. */
export interface ChatRoomEvents {
  /** The number of unread messages changed. */
  unread: { readonly count: number };
  /** A message arrived while connected. */
  message: { readonly message: Message; readonly isOwn: boolean };
  /** The state of the connection changed. `completeUpTo`, in epoch milliseconds: everything acknowledged before it is shown. */
  statechange: { readonly state: string; readonly completeUpTo: number | undefined };
  /** The user chose a name. */
  namechange: { readonly name: string };
  /** An access token is needed: call `provide` with it, or with a promise of it, before the listener returns. */
  token: { readonly provide: (token: Token) => void };
  /** One of `rowActions` was chosen. */
  rowaction: { readonly name: string; readonly message: Message };
  /** The panel of `mode="bubble"` was opened or closed. */
  toggle: { readonly isOpen: boolean };
}

/** The subset of the element's client that pages use most; `@chat-system/client` has the full type. */
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
  addEventListener<Name extends keyof ChatRoomEvents>(
    type: Name,
    listener: (event: CustomEvent<ChatRoomEvents[Name]>) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<Name extends keyof HTMLElementEventMap>(
    type: Name,
    listener: (event: HTMLElementEventMap[Name]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    'chat-room': ChatRoom;
  }
}
