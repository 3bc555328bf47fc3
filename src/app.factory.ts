import type { LogLevel } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { AppModule } from './app.module';
import { ChatAdapter } from './chat/gateway/chat.adapter';
import { accessLog } from './platform/http/access-log';
import { AnswersUnderWay } from './platform/http/answers-under-way';
import { AppError } from './platform/errors/app-error';
import { Clock } from './platform/lifecycle/clock';
import { Drain } from './platform/lifecycle/drain';
import { HttpAdapter } from './platform/http/http-adapter';
import { HttpErrorFilter } from './platform/http/http-error.filter';
import { checkPreconditions } from './platform/http/http-preconditions';
import { isProbe } from './platform/http/probes';
import { checkPercentEncoding } from './platform/http/percent-encoding';
import { AppLogger } from './platform/logging/logger';
import { requestId } from './platform/http/request-id';
import { securityHeaders } from './platform/http/security-headers';
import { StartupError } from './platform/errors/startup-error';
import { endBehindUnreadBody } from './platform/http/unread-body';
import { answerUnreadableHttp } from './platform/http/unreadable-http';
import { AllowedOrigins } from './settings/origins';
import { parseTrustProxy, trustOf } from './settings/proxy-trust';
import { LOG_LEVELS, type Settings } from './settings/settings';
import { AddressBudgets } from './limits/address-budgets';
import { AnswersInTurn } from './limits/answers-in-turn';
import { BodyPieces } from './limits/body-pieces';
import { clientAddress } from './limits/client-address';
import { HttpAnswers } from './limits/http-answers';
import { HttpIntake } from './limits/http-intake';
import { httpRate } from './limits/http-rate';
import { limitTcpConnections } from './limits/tcp-limit';
import { httpMetrics } from './platform/metrics/http-metrics';
import { Metrics } from './platform/metrics/metrics';
import { isDatabaseOutage } from './storage/outage';
import { serveApiDocument } from './api-docs/open-api-document';
import { crossOrigin } from './web/cross-origin';
import { PAGE_FOLDER } from './web/page';

/** The largest request body, in bytes. No route takes one; this only bounds what is read before the answer. */
const MAX_BODY_BYTES = 16_384;

/**
 * Connections that may wait until they are taken, where the kernel allows so many (Linux: `net.core.somaxconn`). All clients of a
 * replica that ended may come at once; beyond Node's 511 they would wait for seconds, or be reset.
 */
const BACKLOG = 4_096;

/** The complete application, not yet listening: what `main` starts and what the end-to-end tests drive. */
export async function createApp(settings: Readonly<Settings>): Promise<NestExpressApplication> {
  const adapter = new HttpAdapter(settings.SHUTDOWN_GRACE_SECONDS, settings.KEEP_ALIVE_SECONDS);
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(settings), adapter, {
    logger: createLogger(settings),
    abortOnError: false,
    bodyParser: false,
  });
  const clock = app.get(Clock);
  app.set('trust proxy', parseTrustProxy(settings.TRUST_PROXY));
  app.set('query parser', 'simple');
  app.disable('etag');
  app.use(app.get(BodyPieces).handle);
  app.use(app.get(AnswersInTurn).handle);
  app.use(noteAnswer(app.get(HttpAnswers)));
  app.use(endBehindUnreadBody);
  app.use(requestId);
  const isTrusted = trustOf(settings.TRUST_PROXY);
  if (settings.ACCESS_LOG === 'on') app.use(accessLog((request) => clientAddress(request, isTrusted)));
  app.use(httpMetrics(app.get(Metrics)));
  app.use(securityHeaders);
  app.enableCors(crossOrigin(app.get(AllowedOrigins)));
  app.use(checkPreconditions);
  app.use(checkPercentEncoding);
  app.use(refuseWhileDraining(app.get(Drain)));
  if (settings.HTTP_RATE > 0) app.use(httpRate(settings.HTTP_RATE, app.get(AddressBudgets), clock, app.get(Metrics)));
  app.useBodyParser('json', { limit: MAX_BODY_BYTES });
  app.useStaticAssets(PAGE_FOLDER);
  app.useGlobalFilters(new HttpErrorFilter(settings.DEFAULT_LANGUAGE, clock, isDatabaseOutage));
  app.useWebSocketAdapter(new ChatAdapter(app));
  serveApiDocument(app);
  const isProxy = (address: string) => isTrusted(address, 0);
  limitTcpConnections(app.getHttpServer(), settings, isProxy, app.get(AddressBudgets), app.get(Metrics));
  app.get(HttpIntake).watch(app.getHttpServer());
  const underWay = app.get(AnswersUnderWay);
  underWay.watch(app.getHttpServer());
  // Balancers open connections in advance; nobody else has to.
  const silentMs = (address: string) => (isProxy(address) ? settings.KEEP_ALIVE_SECONDS * 1000 : 0);
  answerUnreadableHttp(app.getHttpServer(), underWay, settings.DEFAULT_LANGUAGE, clock, silentMs);
  return app;
}

const LISTEN_FAULTS: Readonly<Record<string, string>> = {
  EACCES: 'the port is not allowed',
  EADDRINUSE: 'another program is there',
  EADDRNOTAVAIL: 'this machine does not have the address',
  ENOTFOUND: 'there is no such host',
};

/** Begins to take connections; port 0 is any free one. @throws StartupError when the address cannot be had */
export async function listen(app: NestExpressApplication, port: number, hostname: string): Promise<void> {
  // Nest hands on to Node's server whatever it is given, but its types do not say so.
  const listening = app as { listen(port: number, hostname: string, backlog: unknown): Promise<unknown> };
  try {
    await listening.listen(port, hostname, BACKLOG);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new StartupError(
      `cannot listen on ${hostname}:${port}: ${LISTEN_FAULTS[code] ?? 'the address cannot be used'} (${code})`,
    );
  }
}

function createLogger(settings: Readonly<Settings>): AppLogger {
  const levels = LOG_LEVELS.slice(0, LOG_LEVELS.indexOf(settings.LOG_LEVEL) + 1);
  const logLevels: LogLevel[] = ['fatal', ...levels.map((level) => (level === 'info' ? 'log' : level))];
  return new AppLogger({
    prefix: 'Chat',
    logLevels,
    json: settings.LOG_FORMAT === 'json',
    colors: settings.LOG_FORMAT === 'pretty',
  });
}

/** Probes and /status are answered to the end: they say why. */
function refuseWhileDraining(drain: Drain) {
  return (request: Request, _response: Response, next: NextFunction): void => {
    const refused = drain.active && !isProbe(request.path) && !/^\/status\/?$/i.test(request.path);
    next(refused ? new AppError('draining') : undefined);
  };
}

function noteAnswer(answers: HttpAnswers) {
  return (_request: Request, response: Response, next: NextFunction): void => {
    answers.add(response);
    next();
  };
}
