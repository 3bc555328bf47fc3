import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AppError } from '../errors/app-error';
import { ERROR_CODES, type ErrorCode } from '../errors/error-codes';
import { errorResponse, retryAfterOf } from '../errors/error-response';
import { chooseLanguage } from '../errors/language';
import { Clock } from '../lifecycle/clock';
import { SampledLog } from '../logging/sampled-log';
import { challengeOf } from './challenge';
import { HttpOptions } from './http-options';
import { routeOf } from './routes';

/**
 * Turns every exception of a route or middleware into an `ErrorResponse`. Owns the translation of foreign errors (Nest, Express,
 * the driver) into rows of the error table. Must not show a client anything that is not in the table.
 */
@Catch()
export class HttpErrorFilter implements ExceptionFilter {
  private readonly outages: SampledLog;
  private readonly faults: SampledLog;

  constructor(
    private readonly options: HttpOptions,
    private readonly clock: Clock,
  ) {
    const logger = new Logger('Http');
    this.outages = new SampledLog(logger, clock);
    this.faults = new SampledLog(logger, clock);
  }

  catch(exception: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const error = this.translate(exception);
    if (error.status >= 500 && error !== exception) this.log(error, exception, request);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const retryAfter = retryAfterOf(error);
    if (retryAfter !== undefined) response.setHeader('Retry-After', retryAfter);
    const challenge = challengeOf(error);
    if (challenge !== undefined) response.setHeader('WWW-Authenticate', challenge);
    const language = chooseLanguage(request.get('accept-language'), this.options.defaultLanguage);
    response.status(error.status).json(errorResponse(error, language, this.clock.now()));
  }

  private translate(exception: unknown): AppError {
    if (exception instanceof AppError) return exception;
    if (this.options.isDatabaseOutage(exception)) return new AppError('database_down');
    const status = exception instanceof HttpException ? exception.getStatus() : httpErrorStatus(exception);
    return new AppError(codeOf(status));
  }

  private log(error: AppError, exception: unknown, request: Request): void {
    const route = `${request.method} ${routeOf(request)}`;
    const line = `${route} ${error.code} request=${request.id}: ${String(exception)}`;
    if (error.status === 503) this.outages.warn(line);
    else this.faults.error(line, exception, route);
  }
}

/** The status on Express's own errors (body parser, router, static files). */
function httpErrorStatus(exception: unknown): number {
  const status: unknown = exception instanceof Error && 'status' in exception ? exception.status : undefined;
  return typeof status === 'number' ? status : 500;
}

function codeOf(status: number): ErrorCode {
  const exact = (Object.keys(ERROR_CODES) as ErrorCode[]).find((code) => ERROR_CODES[code].status === status);
  return exact ?? (status < 500 ? 'BAD_REQUEST' : 'INTERNAL_ERROR');
}
