import { Socket } from 'node:net';
import { Client, type QueryConfig } from 'pg';
import { BusTransport, type TransportEvents } from './bus-transport';
import { ChunkJoiner, split } from './chunks';

/**
 * Channels are per database, so chats in separate databases of one server do not mix. A change of the frame format needs a new
 * name.
 */
const CHANNEL = 'chat_bus_2';

/** The bus over PostgreSQL's LISTEN/NOTIFY. Owns its connection; must not know the content of frames. */
export class PostgresTransport extends BusTransport {
  private readonly socket = new Socket();
  private readonly client: Client;
  private previous: Promise<unknown> = Promise.resolve();
  private sequence = 0;

  constructor(url: string) {
    super();
    this.client = new Client({ connectionString: url, application_name: 'chat-bus', stream: () => this.socket });
  }

  async open({ onFrame, onLost }: TransportEvents): Promise<void> {
    const joiner = new ChunkJoiner();
    this.client.on('notification', ({ payload = '' }) => {
      const frame = joiner.add(payload);
      if (frame !== undefined) onFrame(frame);
    });
    this.client.on('error', onLost);
    this.client.on('end', () => onLost(new Error('the connection was closed')));
    await this.client.connect();
    // A commit with NOTIFY holds a lock of the whole database server: it must not wait for the flush of the WAL.
    await this.client.query(`SET synchronous_commit = off`);
    await this.client.query(`LISTEN ${CHANNEL}`);
  }

  /** Sends all frames in one transaction, which acquires that lock once. */
  async send(frames: readonly string[]): Promise<void> {
    await this.query({
      name: 'notify',
      text: 'SELECT count(pg_notify($1, chunk)) FROM unnest($2::text[]) AS chunk',
      values: [CHANNEL, frames.flatMap((frame) => split(frame, this.sequence++))],
    });
  }

  async ping(): Promise<void> {
    await this.query({ text: 'SELECT 1' });
  }

  close(): void {
    this.socket.destroy();
  }

  /** Runs statements one at a time: pg deprecates its own queue. */
  private query(config: QueryConfig): Promise<unknown> {
    const result = this.previous.then(() => this.client.query(config));
    this.previous = result.catch(() => undefined);
    return result;
  }
}
