import type { NextFunction, Request, Response } from 'express';
import { AppError } from '../errors/app-error';

/** Refuses what the query parser would quietly repair: a `%` that is not the start of well-formed UTF-8. */
export function checkPercentEncoding(request: Request, _response: Response, next: NextFunction): void {
  try {
    decodeURIComponent(request.originalUrl);
    next();
  } catch {
    next(new AppError('percent_encoding'));
  }
}
