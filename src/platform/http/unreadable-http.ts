import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { AppError } from '../errors/app-error';
import type { ErrorCode } from '../errors/error-codes';
import type { ErrorReason } from '../errors/error-table';
import { chooseLanguage } from '../errors/language';
import { Clock } from '../lifecycle/clock';
import { AnswersInProgress } from './answers-in-progress';
import { HttpOptions } from './http-options';
import { endSoon, sendRawHttpError } from './raw-http-error';

const TOO_LATE = 'ERR_HTTP_REQUEST_TIMEOUT';

/** The fault by the code of Node's error; any other code is bad syntax. */
const FAULTS: Readonly<Record<string, ErrorReason | ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'http_headers',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'PAYLOAD_TOO_LARGE',
  [TOO_LATE]: 'http_timeout',
};

/** Answers requests that never reach Express: those that Node's parser rejects or times out, and `CONNECT`. */
@Injectable()
export class UnreadableHttp implements OnModuleInit {
  private readonly rejected = new WeakSet<Socket>();

  constructor(
    private readonly adapterHost: HttpAdapterHost,
    private readonly answers: AnswersInProgress,
    private readonly options: HttpOptions,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    const server = this.adapterHost.httpAdapter.getHttpServer() as Server;
    server.on('clientError', ({ code = '' }: NodeJS.ErrnoException, socket: Socket) => this.reject(code, socket));
    server.on('connect', (request: IncomingMessage, socket: Socket) => {
      this.answers.whenDone(socket, () => this.send(socket, 'NOT_FOUND', request));
    });
  }

  private reject(code: string, socket: Socket): void {
    if (this.rejected.has(socket)) return;
    if (code === TOO_LATE) {
      // Nothing is read behind an answer that the client does not read; afterwards the keep-alive timeout applies.
      if (this.answers.isAnswering(socket)) return;
      if (socket.bytesRead === 0) {
        this.keepSilent(socket);
        return;
      }
    }
    this.rejected.add(socket);
    // The parser would fail again on the bytes that follow.
    socket.pause().removeAllListeners('data');
    this.answers.whenDone(socket, () => {
      if (this.answers.isBehindItsAnswer(socket)) endSoon(socket);
      else this.send(socket, FAULTS[code] ?? 'http_syntax');
    });
  }

  private send(socket: Socket, fault: ErrorReason | ErrorCode, request?: IncomingMessage): void {
    const language = chooseLanguage(request?.headers['accept-language'], this.options.defaultLanguage);
    sendRawHttpError(socket, new AppError(fault), language, this.clock.now(), {}, request);
  }

  /** Node's own timers restart with the first byte. */
  private keepSilent(socket: Socket): void {
    const milliseconds = this.options.silenceMs(socket.remoteAddress ?? '');
    if (milliseconds === 0) socket.destroy();
    else socket.setTimeout(milliseconds);
  }
}
