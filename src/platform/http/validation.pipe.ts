import { Injectable, ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { AppError } from '../errors/app-error';

/**
 * Query and path parameters of every route through class-validator: the first fault becomes a 422 that names the field and its
 * bounds. WebSocket frames are checked by their schemas instead.
 */
@Injectable()
export class HttpValidationPipe extends ValidationPipe {
  constructor() {
    super({
      transform: true,
      stopAtFirstError: true,
      exceptionFactory: firstFault,
    });
  }
}

/** The first fault, with the bounds that the decorator gave it. */
export function firstFault([first]: ValidationError[]): AppError {
  const bounds = Object.values(first?.contexts ?? {})[0] as { min: number; max: number } | undefined;
  return bounds
    ? new AppError('whole_number', { field: first!.property, ...bounds })
    : new AppError('VALIDATION_ERROR');
}
