import { setTimeout as delay } from 'node:timers/promises';
import { ChatClient, type Frame } from './chat-client';

/** A v2 client that sends messages one at a time, repeating each under its idempotency key until acknowledged. */
export class SteadyWriter {
  /** Acknowledged messages: `client_id` → id. */
  readonly acknowledged = new Map<string, number>();
  readonly refusals: Frame[] = [];
  private isStopping = false;
  private readonly running: Promise<void>;

  private constructor(
    private readonly client: ChatClient,
    private readonly name: string,
  ) {
    this.running = this.run();
  }

  static async open(server: { port: number }, name: string): Promise<SteadyWriter> {
    const [client] = await ChatClient.hello(server, { username: name });
    return new SteadyWriter(client, name);
  }

  /** Stops after the message in flight. */
  async stop(): Promise<void> {
    this.isStopping = true;
    await this.running;
    this.client.socket.terminate();
  }

  /** Resolves once `count` more messages are acknowledged. */
  async further(count: number): Promise<void> {
    const goal = this.acknowledged.size + count;
    while (this.acknowledged.size < goal) await delay(10);
  }

  async refused(): Promise<void> {
    const before = this.refusals.length;
    while (this.refusals.length === before) await delay(10);
  }

  private async run(): Promise<void> {
    for (let i = 0; !this.isStopping; i++) {
      const clientId = `${this.name}-${i}`;
      for (
        let answer = await this.sendMessage(clientId);
        answer.type === 'error';
        answer = await this.sendMessage(clientId)
      ) {
        this.refusals.push(answer);
        await delay(20);
      }
    }
  }

  private async sendMessage(clientId: string): Promise<Frame> {
    this.client.sendV2Message(clientId, 'x');
    for (;;) {
      const frame = await this.client.next();
      if (frame.client_id !== clientId) continue;
      if (frame.type === 'ack') this.acknowledged.set(clientId, frame.id as number);
      return frame;
    }
  }
}
