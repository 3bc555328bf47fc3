import type { NestMiddleware, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Access } from './access/access';
import { serveApiDocument } from './api-docs/open-api-document';
import { AppModule } from './app.module';
import { ChatAdapter } from './chat/gateway/chat.adapter';
import { AddressBudgets } from './limits/address-budgets';
import { AnswersInTurn } from './limits/answers-in-turn';
import { BodyChunks } from './limits/body-chunks';
import { HttpAnswers } from './limits/http-answers';
import { HttpIntake } from './limits/http-intake';
import { httpRate } from './limits/http-rate';
import { limitTcpConnections } from './limits/tcp-limit';
import { AccessLog } from './platform/http/access-log';
import { limitBody } from './platform/http/body-limit';
import { HttpAdapter } from './platform/http/http-adapter';
import { checkBytes } from './platform/http/json-body';
import { checkPreconditions } from './platform/http/http-preconditions';
import { RefuseWhileDraining } from './platform/http/refuse-while-draining';
import { requestId } from './platform/http/request-id';
import { Routes } from './platform/http/routes';
import { type PageHeaders, securityHeaders } from './platform/http/security-headers';
import { endBehindUnreadBody } from './platform/http/unread-body';
import { Clock } from './platform/lifecycle/clock';
import { AppLogger } from './platform/logging/logger';
import { HttpMetrics } from './platform/metrics/http-metrics';
import { Metrics } from './platform/metrics/metrics';
import { parseFrameAncestors } from './settings/frame-ancestors';
import { AllowedOrigins } from './settings/origins';
import { parseTrustProxy, trustOf } from './settings/proxy-trust';
import type { Settings } from './settings/settings';
import { crossOrigin } from './web/cross-origin';
import { elementFile } from './web/element-file';
import { PAGE_FOLDER } from './web/page';

/** Maximum request body in bytes if no route accepts one: bounds what is read before the answer. */
const MAX_BODY_BYTES = 16_384;

/** The complete application, not yet listening: started by `main`, driven by the end-to-end tests. */
export async function createApp(settings: Readonly<Settings>): Promise<NestExpressApplication> {
  const trustProxy = parseTrustProxy(settings.TRUST_PROXY);
  const adapter = new HttpAdapter(settings.SHUTDOWN_GRACE_SECONDS, settings.KEEP_ALIVE_SECONDS, trustProxy);
  const app = await NestFactory.create<NestExpressApplication>(AppModule.with(settings), adapter, {
    logger: new AppLogger(settings.LOG_LEVEL, settings.LOG_FORMAT),
    abortOnError: false,
    bodyParser: false,
    // `GET /api/messages/:id` must not swallow `/api/messages/stream`, whichever module comes first.
    routeResolutionStrategy: 'specificity',
    routeConflictPolicy: { duplicate: 'error' },
  });
  useMiddleware(app, settings);
  if (settings.WEB_PAGE === 'on') app.use(elementFile()).useStaticAssets(PAGE_FOLDER);
  if (settings.API_DOCS === 'on') serveApiDocument(app);
  app.useWebSocketAdapter(new ChatAdapter(app));
  const isTrusted = trustOf(settings.TRUST_PROXY);
  const isProxy = (address: string) => isTrusted(address, 0);
  limitTcpConnections(app.getHttpServer(), settings, isProxy, app.get(AddressBudgets), app.get(Metrics));
  app.get(HttpIntake).watch(app.getHttpServer());
  return app;
}

/**
 * The middleware of every request, in this order. `app.use`, not a `MiddlewareConsumer`: static files and Swagger UI are not Nest
 * routes, and precede the middleware of its modules.
 */
function useMiddleware(app: NestExpressApplication, settings: Readonly<Settings>): void {
  const of = (type: Type<NestMiddleware>) => {
    const middleware = app.get(type);
    return middleware.use.bind(middleware);
  };
  app.use(of(BodyChunks), of(AnswersInTurn), of(HttpAnswers), endBehindUnreadBody, requestId);
  app.use(of(AccessLog), of(HttpMetrics), securityHeaders(pageHeaders(settings)));
  app.enableCors(crossOrigin(app.get(AllowedOrigins)));
  app.use(checkPreconditions, of(RefuseWhileDraining));
  if (settings.HTTP_RATE > 0) {
    app.use(httpRate(settings.HTTP_RATE, app.get(AddressBudgets), app.get(Routes), app.get(Clock), app.get(Metrics)));
  }
  // A text may be as long as in a frame, and always fits into MAX_FRAME_BYTES.
  const limit = app.get(Access).takesTexts ? settings.MAX_FRAME_BYTES : MAX_BODY_BYTES;
  app.use(limitBody(limit));
  app.useBodyParser('json', { limit, ...{ verify: checkBytes } });
}

/** Without the page, none of the headers that only it needs. */
function pageHeaders({ WEB_PAGE, AUTH_ISSUER, AUTH_CLIENT_ID, FRAME_ANCESTORS }: Readonly<Settings>): PageHeaders {
  if (WEB_PAGE === 'off') return {};
  return {
    provider: AUTH_CLIENT_ID === '' ? undefined : new URL(AUTH_ISSUER).origin,
    frameAncestors: parseFrameAncestors(FRAME_ANCESTORS),
  };
}
