import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { AnswersUnderWay } from './answers-under-way';
import { AppError } from '../errors/app-error';
import type { Clock } from '../lifecycle/clock';
import type { ErrorCode } from '../errors/error-codes';
import type { ErrorReason } from '../errors/error-table';
import { chooseLanguage, type Language } from '../errors/language';
import { endSoon, sendRawHttpError } from './raw-http-error';

const TOO_LATE = 'ERR_HTTP_REQUEST_TIMEOUT';

/** What is wrong by the code of Node's error; all others are bad syntax. */
const FAULTS: Readonly<Record<string, ErrorReason | ErrorCode>> = {
  HPE_HEADER_OVERFLOW: 'http_headers',
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 'PAYLOAD_TOO_LARGE',
  [TOO_LATE]: 'http_timeout',
};

/** Answers what never reaches Express: what Node's parser refuses or waits for in vain, and `CONNECT`. */
export function answerUnreadableHttp(
  server: Server,
  answers: AnswersUnderWay,
  defaultLanguage: Language,
  clock: Clock,
  /** How much longer a connection that has said nothing may go on so, in milliseconds. */
  silentMs: (address: string) => number,
): void {
  const refused = new WeakSet<Socket>();
  server.on('clientError', ({ code = '' }: NodeJS.ErrnoException, socket: Socket) => {
    // The parser fails again at whatever follows.
    if (refused.has(socket)) return;
    if (code === TOO_LATE) {
      // Behind an answer that is not taken nothing is read; afterwards the time for idle connections counts.
      if (answers.isAnswering(socket)) return;
      if (socket.bytesRead === 0) {
        keepSilent(socket, silentMs(socket.remoteAddress ?? ''));
        return;
      }
    }
    refused.add(socket);
    // The parser would fail again at whatever follows.
    socket.pause().removeAllListeners('data');
    answers.whenDone(socket, () => {
      if (answers.isBehindItsAnswer(socket)) endSoon(socket);
      else sendRawHttpError(socket, new AppError(FAULTS[code] ?? 'http_syntax'), defaultLanguage, clock.now());
    });
  });
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    const language = chooseLanguage(request.headers['accept-language'], defaultLanguage);
    answers.whenDone(socket, () =>
      sendRawHttpError(socket, new AppError('NOT_FOUND'), language, clock.now(), {}, request),
    );
  });
}

/** With the first byte Node begins to measure again. */
function keepSilent(socket: Socket, milliseconds: number): void {
  if (milliseconds === 0) socket.destroy();
  else socket.setTimeout(milliseconds);
}
