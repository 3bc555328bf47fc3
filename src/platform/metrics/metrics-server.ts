import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Registry } from 'prom-client';
import { AppError } from '../errors/app-error';
import { errorResponse } from '../errors/error-response';
import { StartupError } from '../errors/startup-error';
import { challengeOf } from '../http/challenge';
import { SECURITY_HEADERS } from '../http/security-headers';
import { Clock } from '../lifecycle/clock';
import { Metrics } from './metrics';
import { MetricsOptions } from './metrics-options';
import { requireMetricsToken } from './metrics-token';

/** Limits for scrapers: connections, and the time for a request, in milliseconds. */
const MAX_CONNECTIONS = 50;
const REQUEST_MS = 10_000;

/** `/metrics` on a separate port, for networks where the main port is public. Answers until everything else is closed. */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly server = createServer(
    { headersTimeout: REQUEST_MS, requestTimeout: REQUEST_MS },
    (request, response) => void this.answer(request, response),
  );

  constructor(
    private readonly metrics: Metrics,
    private readonly options: MetricsOptions,
    private readonly clock: Clock,
  ) {
    this.server.maxConnections = MAX_CONNECTIONS;
  }

  async onApplicationBootstrap(): Promise<void> {
    const { port, host } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', ({ message }) => reject(new StartupError(`cannot listen on METRICS_PORT: ${message}`)));
      this.server.listen(port, host, resolve);
    });
    this.server.on('error', (error) => new Logger('Metrics').error(error));
  }

  onApplicationShutdown(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value!);
      // Without the query: some scrapers add one.
      if (request.url?.split('?', 1)[0] !== '/metrics' || !['GET', 'HEAD'].includes(request.method!)) {
        throw new AppError('NOT_FOUND');
      }
      requireMetricsToken(request, this.options.token);
      const text = await this.metrics.text();
      response.setHeader('Content-Type', Registry.PROMETHEUS_CONTENT_TYPE).end(text);
    } catch (error) {
      this.refuse(response, error instanceof AppError ? error : new AppError('INTERNAL_ERROR'));
    }
  }

  private refuse(response: ServerResponse, error: AppError): void {
    const challenge = challengeOf(error);
    if (challenge !== undefined) response.setHeader('WWW-Authenticate', challenge);
    response.statusCode = error.status;
    response.setHeader('Content-Type', 'application/json; charset=utf-8');
    response.end(JSON.stringify(errorResponse(error, 'en', this.clock.now())));
  }
}
