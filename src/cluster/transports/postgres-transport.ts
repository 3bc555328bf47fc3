import { Socket } from 'node:net';
import { Client, type QueryConfig } from 'pg';
import { BusTransport, type LinkEvents } from './bus-transport';
import { ChunkJoiner, split } from './chunks';

/**
 * A channel belongs to a database: two chats in two databases of one server do not hear each other. Another form of the frames
 * needs another name.
 */
const CHANNEL = 'chat_bus_2';

/** The bus over PostgreSQL's own notifications, on a connection of its own. */
export class PostgresTransport extends BusTransport {
  private readonly socket = new Socket();
  private readonly client: Client;
  private previous: Promise<unknown> = Promise.resolve();
  private sequence = 0;

  constructor(url: string) {
    super();
    this.client = new Client({ connectionString: url, application_name: 'chat-bus', stream: () => this.socket });
  }

  async open({ onFrame, onLost }: LinkEvents): Promise<void> {
    const joiner = new ChunkJoiner();
    this.client.on('notification', ({ payload = '' }) => {
      const frame = joiner.take(payload);
      if (frame !== undefined) onFrame(frame);
    });
    this.client.on('error', onLost);
    this.client.on('end', () => onLost(new Error('the connection was closed')));
    await this.client.connect();
    // A notification's transaction takes a lock that all others wait for; it shall not wait for the disk meanwhile.
    await this.client.query(`SET synchronous_commit = off`);
    await this.client.query(`LISTEN ${CHANNEL}`);
  }

  /** One transaction, whatever the number of frames: that lock is taken once. */
  async send(frames: readonly string[]): Promise<void> {
    await this.ask({
      name: 'notify',
      text: 'SELECT count(pg_notify($1, piece)) FROM unnest($2::text[]) AS piece',
      values: [CHANNEL, frames.flatMap((frame) => split(frame, this.sequence++))],
    });
  }

  async ping(): Promise<void> {
    await this.ask({ text: 'SELECT 1' });
  }

  close(): void {
    this.socket.destroy();
  }

  /** One after the other: pg's own queue of statements is going away. */
  private ask(question: QueryConfig): Promise<unknown> {
    const answer = this.previous.then(() => this.client.query(question));
    this.previous = answer.catch(() => undefined);
    return answer;
  }
}
