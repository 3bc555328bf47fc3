import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { encodeFrames, streamOf } from './wire';

describe('encoded frames', () => {
  // Lengths around the boundaries of the three length encodings of RFC 6455.
  const texts = [0, 1, 125, 126, 65_535, 65_536].map((length) => 'ü'.repeat(length / 2) + 'x'.repeat(length % 2));

  it('are parsed by ws like its own', async () => {
    const server = new WebSocketServer({ port: 0 });
    server.on('connection', (socket) => {
      streamOf(socket)!.write(encodeFrames(texts));
      socket.close(1000);
    });
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const received: string[] = [];
    client.on('message', (data: Buffer) => received.push(data.toString()));
    const [code] = (await once(client, 'close')) as [number];
    server.close();
    expect(received).toEqual(texts);
    expect(code).toBe(1000);
  });
});
