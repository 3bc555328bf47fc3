import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A v2 reader that only counts bytes: cheap enough for hundreds beside a server. */
export class RawReader {
  bytes = 0;
  private pauseTimer: NodeJS.Timeout | undefined;

  private constructor(readonly socket: Socket) {
    socket.on('data', (data) => (this.bytes += data.length));
    socket.on('error', () => undefined);
  }

  static async open(port: number, hello: object = {}, token?: string): Promise<RawReader> {
    const socket = connect(port, '127.0.0.1');
    socket.write(
      'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: chat.v2\r\n' +
        `${token === undefined ? '' : `Authorization: Bearer ${token}\r\n`}\r\n`,
    );
    await once(socket, 'data');
    const reader = new RawReader(socket);
    reader.send({ type: 'hello', ...hello });
    await once(socket, 'data');
    return reader;
  }

  /** Sends a frame of at most 125 bytes. */
  send(frame: object): void {
    this.socket.write(maskedFrame(JSON.stringify(frame)));
  }

  /** Reads at most 64 KiB every 20 ms. */
  readSlowly(): void {
    this.socket.on('data', () => {
      this.socket.pause();
      this.pauseTimer = setTimeout(() => this.socket.resume(), 20);
    });
  }

  /** Stops reading. */
  stopReading(): void {
    clearTimeout(this.pauseTimer);
    this.socket.removeAllListeners('data').pause();
  }

  async until(bytes: number): Promise<void> {
    while (this.bytes < bytes) await once(this.socket, 'data');
  }
}

/** A client's text frame of at most 125 bytes, with an all-zero mask. */
function maskedFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}
