import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Random } from './random';

/** A client that disconnects in the middle of a frame; the message must never be stored. */
export async function sendTornFrame(port: number, random: Random): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.setTimeout(5_000, () => socket.destroy());
  socket.write(
    `GET /ws HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n` +
      'Sec-WebSocket-Protocol: chat.v2\r\n\r\n',
  );
  await Promise.race([once(socket, 'data').catch(() => undefined), once(socket, 'close')]);
  const frame = encode({ type: 'chat_message', username: 'torn', client_id: '1', message: 'x'.repeat(200) });
  socket.write(frame.subarray(0, random.whole(1, frame.length - 1)));
  await new Promise((resolve) => setTimeout(resolve, random.whole(0, 50)));
  socket.destroy();
}

/** A text frame of 126 to 65,535 bytes, masked with zeros. */
function encode(frame: object): Buffer {
  const payload = Buffer.from(JSON.stringify(frame));
  const header = Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 0xff, 0, 0, 0, 0]);
  return Buffer.concat([header, payload]);
}
