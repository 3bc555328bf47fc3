import { once } from 'node:events';
import { type ClientOptions, type RawData, WebSocket } from 'ws';

export interface Frame {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** A WebSocket client that queues received frames until a test reads them. */
export class ChatClient {
  readonly received: Frame[] = [];
  private readonly waiting: ((frame: Frame) => void)[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: RawData) => this.deliver(JSON.parse((data as Buffer).toString()) as Frame));
    this.closed = new Promise((resolve) => {
      socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
    });
    socket.on('error', () => undefined);
  }

  static async open(server: { port: number }, path = '/ws', options: ClientOptions = {}): Promise<ChatClient> {
    const client = new ChatClient(new WebSocket(`ws://127.0.0.1:${server.port}${path}`, options));
    await once(client.socket, 'open');
    return client;
  }

  /** A client that offers these subprotocols. */
  static async offering(server: { port: number }, offers: string[], options: ClientOptions = {}): Promise<ChatClient> {
    const client = new ChatClient(new WebSocket(`ws://127.0.0.1:${server.port}/ws`, offers, options));
    await once(client.socket, 'open');
    return client;
  }

  /** A v2 client before its hello. */
  static async openV2(server: { port: number }, options: ClientOptions = {}, path = '/ws'): Promise<ChatClient> {
    const client = new ChatClient(new WebSocket(`ws://127.0.0.1:${server.port}${path}`, 'chat.v2', options));
    await once(client.socket, 'open');
    return client;
  }

  /** A v2 client after its hello, with the server's first reply. */
  static async hello(server: { port: number }, hello: object = {}): Promise<[client: ChatClient, welcome: Frame]> {
    const client = await ChatClient.openV2(server);
    client.send({ type: 'hello', ...hello });
    return [client, await client.next()];
  }

  /** Sends an object as JSON, a string unchanged. */
  send(frame: object | string): void {
    this.socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  sendMessage(username: string, message: string): void {
    this.send({ type: 'chat_message', username, message });
  }

  /** Sends a v2 message; without `username`, under the name in hello. */
  sendV2Message(clientId: string, message: string, username?: string): void {
    this.send({ type: 'chat_message', client_id: clientId, message, username });
  }

  /** The next unread frame. */
  next(): Promise<Frame> {
    const frame = this.received.shift();
    return frame ? Promise.resolve(frame) : new Promise((resolve) => this.waiting.push(resolve));
  }

  async nextFrames(count: number): Promise<Frame[]> {
    const frames: Frame[] = [];
    while (frames.length < count) frames.push(await this.next());
    return frames;
  }

  /** The next unread frame of this type; earlier frames are dropped. */
  async nextOf(type: string): Promise<Frame> {
    for (;;) {
      const frame = await this.next();
      if (frame.type === type) return frame;
    }
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  private deliver(frame: Frame): void {
    const waiting = this.waiting.shift();
    if (waiting) waiting(frame);
    else this.received.push(frame);
  }
}
