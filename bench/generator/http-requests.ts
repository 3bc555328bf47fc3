import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { cpuSeconds } from '../process-figures';
import type { ServerAddress } from './client';

export interface HttpRequests {
  readonly path: string;
  readonly connections: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

export interface HttpRequestsResult {
  readonly requests: number;
  readonly seconds: number;
  readonly serverCpuSeconds: number;
}

const END_OF_HEAD = '\r\n\r\n';

/** One keep-alive connection; each answer is followed by the next request. */
class Requester {
  answers = 0;
  failure: string | undefined;
  private readonly socket: Socket;
  private readonly request: string;
  private head = '';
  private bodyBytesLeft = 0;

  constructor(port: number, path: string) {
    this.request = `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}${END_OF_HEAD}`;
    this.socket = connect({ port, host: '127.0.0.1', noDelay: true });
    this.socket.on('data', (bytes) => this.received(bytes));
    this.socket.on('error', (error) => (this.failure = error.message));
    this.socket.write(this.request);
  }

  close(): void {
    this.socket.destroy();
  }

  private received(bytes: Buffer): void {
    if (this.bodyBytesLeft > 0) {
      this.bodyBytesLeft -= bytes.length;
    } else {
      this.head += bytes.toString('latin1');
      const end = this.head.indexOf(END_OF_HEAD);
      if (end === -1) return;
      const [, length] = /^HTTP\/1\.1 200[^]*\r\nContent-Length: (\d+)\r\n/i.exec(this.head) ?? [];
      if (length === undefined) {
        this.failure = this.head.slice(0, this.head.indexOf('\r\n'));
        return;
      }
      this.bodyBytesLeft = Number(length) - (this.head.length - end - END_OF_HEAD.length);
      this.head = '';
    }
    if (this.bodyBytesLeft > 0) return;
    this.answers++;
    this.socket.write(this.request);
  }
}

/** Repeats one request on a few connections at once. */
export async function httpRequests(server: ServerAddress, load: HttpRequests): Promise<HttpRequestsResult> {
  const requesters = Array.from({ length: load.connections }, () => new Requester(server.port, load.path));
  try {
    await delay(load.warmUpMs);
    const before = snapshot(server, requesters);
    await delay(load.measureMs);
    const after = snapshot(server, requesters);
    const failed = requesters.find(({ failure }) => failure);
    if (failed) throw new Error(failed.failure);
    return {
      requests: after.requests - before.requests,
      seconds: after.seconds - before.seconds,
      serverCpuSeconds: after.serverCpuSeconds - before.serverCpuSeconds,
    };
  } finally {
    for (const requester of requesters) requester.close();
  }
}

function snapshot(server: ServerAddress, requesters: readonly Requester[]): HttpRequestsResult {
  return {
    requests: requesters.reduce((sum, { answers }) => sum + answers, 0),
    seconds: performance.now() / 1000,
    serverCpuSeconds: cpuSeconds(server.pid),
  };
}
