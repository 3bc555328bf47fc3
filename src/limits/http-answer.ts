import type { ServerResponse } from 'node:http';
import { bytesFlushed } from '../platform/http/bytes-flushed';
import type { Backlog } from './backlog-deadlines';

/** The backlog of one HTTP answer: that of its socket, as each connection has one answer in progress (`AnswersInTurn`). */
export class HttpAnswer implements Backlog {
  constructor(protected readonly response: ServerResponse) {}

  get unsent(): number {
    return this.response.writableLength;
  }

  get flushed(): number {
    return this.response.socket ? bytesFlushed(this.response.socket) : 0;
  }

  get written(): number {
    return this.response.socket?.bytesWritten ?? 0;
  }

  /** Destroys the answer and its connection. */
  cutOff(): void {
    this.response.destroy();
  }
}
