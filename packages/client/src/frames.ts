// Written by `npm run docs:write` from src/chat/protocol/frames.ts of the server.

/** What a client may send, by type. */
export interface ClientFrames {
  /** The first frame: who I am, and what I have seen. */
  hello: {
    type: 'hello';
    /** 1–50 code points after trimming, normalised to NFC, repeated spaces collapsed; no invisible characters, see docs/protocol.md. */
    username?: string;
    /** The last message id I have seen: replay what follows it. */
    after?: number;
    /** The last change id I have seen: tell me what was changed since. */
    after_change?: number;
    /** The `epoch` of the last `welcome`, empty before the first: under another one, `after` and `after_change` are ignored. */
    epoch?: string;
    /** An access token, where the server asks for one; else ignored. */
    token?: string;
  };
  /** Say something; an `ack` answers when it is on disk. */
  chat_message: {
    type: 'chat_message';
    /** The sender's own name for the message, unique per user (a UUID, say); sending it again is safe. */
    client_id: string;
    /** At least one code point, at most the limit of the server; something visible, no NUL. */
    message: string;
    /** 1–50 code points after trimming, normalised to NFC, repeated spaces collapsed; no invisible characters, see docs/protocol.md. */
    username?: string;
    /** RFC 3339 or ISO 8601; checked and otherwise ignored: the server's clock counts. */
    timestamp?: string;
  };
  /** Appear under a further name. */
  user_joined: {
    type: 'user_joined';
    /** 1–50 code points after trimming, normalised to NFC, repeated spaces collapsed; no invisible characters, see docs/protocol.md. */
    username: string;
    /** RFC 3339 or ISO 8601; checked and otherwise ignored: the server's clock counts. */
    timestamp?: string;
  };
  /** The user is typing; passed on at most once a second per user. */
  typing: {
    type: 'typing';
    /** 1–50 code points after trimming, normalised to NFC, repeated spaces collapsed; no invisible characters, see docs/protocol.md. */
    username?: string;
  };
  /** Change the text of a message of mine; an `ack` answers when it is on disk. */
  edit: {
    type: 'edit';
    /** The sender's own name for the message, unique per user (a UUID, say); sending it again is safe. */
    client_id: string;
    /** The id of the message. */
    id: number;
    /** At least one code point, at most the limit of the server; something visible, no NUL. */
    message: string;
  };
  /** Delete a message of mine, or as a moderator anybody’s; an `ack` answers when it is on disk. */
  delete: {
    type: 'delete';
    /** The sender's own name for the message, unique per user (a UUID, say); sending it again is safe. */
    client_id: string;
    /** The id of the message. */
    id: number;
  };
  /** For browsers, which cannot see control frames. */
  ping: {
    type: 'ping';
  };
  /** A new access token for the same user, before the present one ends. */
  authenticate: {
    type: 'authenticate';
    /** An access token, where the server asks for one; else ignored. */
    token: string;
  };
}

export type ClientFrame = ClientFrames[keyof ClientFrames];

/** What the server sends, by type. */
export interface ServerFrames {
  /** The answer to `hello`. */
  welcome: {
    type: 'welcome';
    connection_id: string;
    /** As the server writes it; null without one. */
    username: string | null;
    /** The access token's; only where the server knows users. */
    roles?: string[];
    /** What this connection may do; only where the server knows users. */
    can?: {
      read: boolean;
      write: boolean;
      moderate: boolean;
    };
    /** Until the access token ends, and the connection with it. */
    token_expires_in_ms?: number;
    /** The newest message of all. */
    last_id: number;
    /** The identity of the database: ids of another one mean nothing here. Left out where nothing can be changed and `hello` had none. */
    epoch?: string;
    /** The users present; if they are many, a sample of at most 1,000. */
    users: string[];
    /** Number of users present. */
    user_count: number;
    /** Limits of the server. */
    limits: {
      max_message_length: number;
      max_frame_bytes: number;
      max_username_length: number;
      /** Messages a second; 0: no limit. */
      message_rate: number;
      message_burst: number;
      replay_limit: number;
    };
    heartbeat_seconds: number;
  };
  /** Your message is on disk; a repeat gets the same answer. */
  ack: {
    type: 'ack';
    /** The sender's own name for the message, unique per user (a UUID, say); sending it again is safe. */
    client_id: string;
    /** The id it is stored under. */
    id: number;
    /** Of an `edit` or `delete`. */
    change_id?: number;
    /** UTC, to the millisecond. */
    timestamp: string;
  };
  /** Somebody said something; in the order of `id`, each once, without a gap. */
  chat_message: {
    type: 'chat_message';
    /** Contiguous. */
    id: number;
    /** 1–50 code points, by the rules for names in docs/protocol.md. */
    username: string;
    /** The newest text; empty in a deleted message. */
    message: string;
    /** UTC, to the millisecond. */
    timestamp: string;
    /** The author was authenticated. */
    verified?: true;
    /** Its newest change. */
    change_id?: number;
    /** UTC, to the millisecond. */
    edited_at?: string;
    /** Set: the text is gone. */
    deleted_at?: string;
    /** Its author, or a moderator. */
    deleted_by?: string;
  };
  /** A message was edited or deleted: its whole new state, safe to apply twice; in the order of `change_id`. */
  message_changed: {
    type: 'message_changed';
    /** Of the message. */
    id: number;
    /** Newer than all before. */
    change_id: number;
    /** UTC, to the millisecond. */
    edited_at?: string;
    /** Set: the text is gone. */
    deleted_at?: string;
    /** Its author, or a moderator. */
    deleted_by?: string;
    /** 1–50 code points, by the rules for names in docs/protocol.md. */
    username: string;
    /** The newest text; empty in a deleted message. */
    message: string;
    /** UTC, to the millisecond. */
    timestamp: string;
  };
  /** The replay is complete; what follows is live. */
  replayed: {
    type: 'replayed';
    /** The last id replayed. */
    last_id: number;
    /** The newest change this connection was sent; left out where nothing can be changed. */
    last_change_id?: number;
  };
  /** You were too far behind: fetch these over REST, if you want them; what follows is complete. */
  gap: {
    type: 'gap';
    /** The first id left out. */
    from: number;
    /** The last id left out. */
    to: number;
  };
  /** A user appeared. */
  user_joined: {
    type: 'user_joined';
    /** 1–50 code points, by the rules for names in docs/protocol.md. */
    username: string;
    /** UTC, to the millisecond. */
    timestamp: string;
  };
  /** A user's last connection is gone. */
  user_left: {
    type: 'user_left';
    /** 1–50 code points, by the rules for names in docs/protocol.md. */
    username: string;
    /** UTC, to the millisecond. */
    timestamp: string;
  };
  /** Number of users present, if they are too many to report each; with `users`, the complete list, which replaces yours. */
  presence: {
    type: 'presence';
    user_count: number;
    users?: string[];
  };
  /** Somebody else is typing. */
  typing: {
    type: 'typing';
    /** 1–50 code points, by the rules for names in docs/protocol.md. */
    username: string;
  };
  /** The answer to `ping`. */
  pong: {
    type: 'pong';
    /** The newest message this connection was sent. */
    last_id: number;
    /** The newest change this connection was sent; left out where nothing can be changed. */
    last_change_id?: number;
  };
  /** Your frame was not accepted. */
  error: {
    type: 'error';
    /** The codes of the REST API. */
    code: string;
    message: string;
    /** UTC, to the millisecond. */
    timestamp: string;
    /** The sender's own name for the message, unique per user (a UUID, say); sending it again is safe. */
    client_id?: string;
    /** When sending it again makes sense. */
    retry_after_ms?: number;
  };
  /** The new access token is in force. */
  authenticated: {
    type: 'authenticated';
    /** Until the access token ends, and the connection with it. */
    token_expires_in_ms?: number;
  };
  /** The access token ends soon: send a new one with `authenticate`, or the connection is closed with 4401. */
  token_expiring: {
    type: 'token_expiring';
    /** Until the access token ends, and the connection with it. */
    token_expires_in_ms: number;
  };
  /** The server restarts: it closes with 1012, come back after this time. */
  going_away: {
    type: 'going_away';
    reconnect_after_ms: number;
  };
}

export type ServerFrame = ServerFrames[keyof ServerFrames];
