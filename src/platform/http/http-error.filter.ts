import { ArgumentsHost, Catch, ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { Request, Response } from 'express';
import { AppError } from '../errors/app-error';
import type { Clock } from '../lifecycle/clock';
import { ERROR_CODES, type ErrorCode } from '../errors/error-codes';
import { errorResponse, retryAfterOf } from '../errors/error-response';
import { chooseLanguage, type Language } from '../errors/language';
import { routeOf } from './route-of';

/**
 * Turns whatever a route threw into an `ErrorResponse`. Owns the translation of foreign errors (Nest, Express, driver)
 * into rows of the error table; never shows a client anything that is not in the table.
 */
@Catch()
export class HttpErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  constructor(
    private readonly defaultLanguage: Language,
    private readonly clock: Clock,
    private readonly isDatabaseOutage: (exception: unknown) => boolean,
  ) {}

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
    const language = chooseLanguage(request.get('accept-language'), this.defaultLanguage);
    response.status(error.status).json(errorResponse(error, language, this.clock.now()));
  }

  private translate(exception: unknown): AppError {
    if (exception instanceof AppError) return exception;
    if (this.isDatabaseOutage(exception)) return new AppError('database_down');
    const status = exception instanceof HttpException ? exception.getStatus() : httpErrorStatus(exception);
    return new AppError(codeOf(status));
  }

  private log(error: AppError, exception: unknown, request: Request): void {
    const line = `${request.method} ${routeOf(request)} ${error.code} request=${request.id}: ${String(exception)}`;
    if (error.status === 503) this.logger.warn(line);
    else this.logger.error(line, exception instanceof Error ? exception.stack : undefined);
  }
}

/** The status that Express's own errors (body parser, router, static files) carry. */
function httpErrorStatus(exception: unknown): number {
  const status: unknown = exception instanceof Error && 'status' in exception ? exception.status : undefined;
  return typeof status === 'number' ? status : 500;
}

function codeOf(status: number): ErrorCode {
  const exact = (Object.keys(ERROR_CODES) as ErrorCode[]).find((code) => ERROR_CODES[code].status === status);
  return exact ?? (status < 500 ? 'BAD_REQUEST' : 'INTERNAL_ERROR');
}
