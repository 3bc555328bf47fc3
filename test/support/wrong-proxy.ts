import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type RawData, WebSocket, WebSocketServer } from 'ws';

export interface Fault {
  /** Maps each frame of the server to the frames that the client receives; called once per connection. */
  readonly frames?: () => (text: string) => readonly string[];
  readonly closeCode?: (code: number) => number;
  readonly stripsSubprotocol?: boolean;
  /** Withholds the body of event streams. */
  readonly buffersStreams?: boolean;
  /** Ends requests without an answer; handshakes get through. */
  readonly cutsRequests?: boolean;
}

/** A proxy with one of the faults that real proxies cause in a chat. */
export class WrongProxy {
  private readonly sockets = new WebSocketServer({ noServer: true, skipUTF8Validation: true });
  private readonly http: Server;

  private constructor(
    private readonly target: number,
    private readonly fault: Fault,
  ) {
    this.http = createServer((asked, answer) => this.forward(asked, answer));
    this.http.on('upgrade', (asked: IncomingMessage, socket: Duplex, head: Buffer) =>
      this.upgrade(asked, socket, head),
    );
  }

  static async start(target: { port: number }, fault: Fault = {}): Promise<WrongProxy> {
    const proxy = new WrongProxy(target.port, fault);
    proxies.add(proxy);
    proxy.http.listen(0, '127.0.0.1');
    await once(proxy.http, 'listening');
    return proxy;
  }

  get url(): string {
    return `ws://127.0.0.1:${(this.http.address() as AddressInfo).port}/ws`;
  }

  stop(): void {
    for (const client of this.sockets.clients) client.terminate();
    this.http.closeAllConnections();
    this.http.close();
  }

  private forward(asked: IncomingMessage, answer: ServerResponse): void {
    if (this.fault.cutsRequests) {
      asked.destroy();
      return;
    }
    const { method, url, headers } = asked;
    const onwards = request({ port: this.target, host: '127.0.0.1', method, path: url, headers }, (got) => {
      answer.writeHead(got.statusCode!, got.headers);
      const isHeld = this.fault.buffersStreams && got.headers['content-type']?.startsWith('text/event-stream');
      answer.flushHeaders();
      if (!isHeld) got.pipe(answer);
    });
    onwards.on('error', () => answer.destroy());
    answer.on('close', () => onwards.destroy());
    asked.pipe(onwards);
  }

  private upgrade(asked: IncomingMessage, socket: Duplex, head: Buffer): void {
    const offers = asked.headers['sec-websocket-protocol']?.split(',').map((offer) => offer.trim()) ?? [];
    const { 'accept-language': language, authorization } = asked.headers;
    const headers = { ...(language && { 'Accept-Language': language }), ...(authorization && { authorization }) };
    const server = new WebSocket(
      `ws://127.0.0.1:${this.target}${asked.url}`,
      this.fault.stripsSubprotocol ? [] : offers,
      { headers, skipUTF8Validation: true },
    );
    server.on('unexpected-response', (_, { statusCode }) => {
      socket.end(`HTTP/1.1 ${statusCode} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
    });
    server.on('error', () => socket.destroy());
    server.on('open', () => {
      if (this.fault.stripsSubprotocol) delete asked.headers['sec-websocket-protocol'];
      this.sockets.options.handleProtocols = () => server.protocol || false;
      this.sockets.handleUpgrade(asked, socket, head, (client) => this.join(client, server));
    });
  }

  private join(client: WebSocket, server: WebSocket): void {
    const change = this.fault.frames?.() ?? ((text: string) => [text]);
    client.on('message', (data: RawData, isBinary) => server.send(data as Buffer, { binary: isBinary }));
    server.on('message', (data: RawData) => {
      for (const text of change((data as Buffer).toString())) client.send(text);
    });
    client.on('close', () => server.terminate());
    client.on('error', () => server.terminate());
    server.on('close', (code, reason) => {
      const shown = this.fault.closeCode?.(code) ?? code;
      if (shown === 1006) client.terminate();
      else client.close(shown, reason);
    });
  }
}

const proxies = new Set<WrongProxy>();
afterAll(() => {
  for (const proxy of proxies) proxy.stop();
});
