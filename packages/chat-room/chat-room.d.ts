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

/** An action that the page adds to messages, beside quoting, copying, editing and deleting. */
export interface RowAction {
  /** Told to the page in the event `rowaction`. */
  readonly name: string;
  readonly label: string;
}

/** What is known of the user when actions are offered. */
export interface RowContext {
  /** Whether the message is the user's own. */
  readonly isOwn: boolean;
  readonly canModerate: boolean;
}

export type RowActions = (message: Message, context: RowContext) => readonly RowAction[];

/** An access token, now or later; undefined: there is none. */
export type Token = string | undefined | Promise<string | undefined>;

/** The events of the element, by their names: the type of `detail`. None of them bubbles out of a page's other elements. */
export interface ChatRoomEvents {
  /** The number of unread messages is another one. */
  unread: { readonly count: number };
  /** Somebody wrote, while connected. */
  message: { readonly message: Message; readonly isOwn: boolean };
  /** The state of the connection is another one; `completeUpTo` in milliseconds since 1970. */
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
