import type { ServerResponse } from 'node:http';
import { bytesFlushed } from '../platform/http/bytes-flushed';
import type { Backlog } from './backlog-deadlines';

/** An HTTP answer under way, as far as its bytes are concerned. It is the only one of its connection that has any. */
export class HttpAnswer implements Backlog {
  constructor(protected readonly response: ServerResponse) {}

  get unsent(): number {
    return this.response.writableLength;
  }

  get taken(): number {
    return this.response.socket ? bytesFlushed(this.response.socket) : 0;
  }

  get written(): number {
    return this.response.socket?.bytesWritten ?? 0;
  }

  /** Ends it with its connection, at once. */
  cutOff(): void {
    this.response.destroy();
  }
}
