import { ChatClient, type ChatEvents, type ChatOptions, type Message, type SocketLike } from '@chat-system/client';
import { WebSocket } from 'ws';
import { until } from './until';

const clients: ChatClient[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

/** Everything a client delivered, in order. */
export interface Delivered {
  readonly messages: Message[];
  readonly changes: ChatEvents['change'][];
  readonly resets: ChatEvents['reset'][];
  readonly states: ChatEvents['state'][];
}

/** A client that is closed at the end of its test, and everything it delivers. */
export function join(server: { url: string }, options: ChatOptions = {}): { chat: ChatClient; delivered: Delivered } {
  const chat = new ChatClient(server.url, { WebSocket, ...options });
  clients.push(chat);
  const delivered: Delivered = { messages: [], changes: [], resets: [], states: [] };
  chat.on('message', (message) => delivered.messages.push(message));
  chat.on('change', (message) => delivered.changes.push(message));
  chat.on('reset', (reset) => delivered.resets.push(reset));
  chat.on('state', (state) => delivered.states.push(state));
  return { chat, delivered };
}

export async function live(...all: { chat: ChatClient }[]): Promise<void> {
  await until(() => all.every(({ chat }) => chat.getSnapshot().state === 'live'));
}

type Frame = Record<string, unknown> & { type: string };

/** A `WebSocket` for the client that drops the server's frames for which `lets` is false. */
export function filtering(lets: (frame: Frame) => boolean): NonNullable<ChatOptions['WebSocket']> {
  return class implements SocketLike {
    onopen: (() => void) | null = null;
    onmessage: ((event: { data: string }) => void) | null = null;
    onerror: unknown = null;
    onclose: ((event: object) => void) | null = null;
    private readonly socket: WebSocket;

    constructor(url: string, protocols: string[]) {
      this.socket = new WebSocket(url, protocols);
      this.socket.on('open', () => this.onopen?.());
      this.socket.on('message', (bytes: Buffer) => {
        const data = bytes.toString();
        if (lets(JSON.parse(data) as Frame)) this.onmessage?.({ data });
      });
      this.socket.on('error', () => {});
      this.socket.on('close', (code, reason) => this.onclose?.({ code, reason: reason.toString() }));
    }

    send(data: string): void {
      this.socket.send(data);
    }

    close(): void {
      this.socket.close();
    }

    terminate(): void {
      this.socket.terminate();
    }
  };
}

/** Consecutive ids. */
export function idsFrom(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => first + i);
}
