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

/** The first fault, with the bounds that the decorator gave it. An unknown field is not named: it is client input. */
export function firstFault([first]: ValidationError[]): AppError {
  if (!first || 'whitelistValidation' in (first.constraints ?? {})) return new AppError('VALIDATION_ERROR');
  const { property: field, contexts = {} } = first;
  const bounds = Object.values(contexts)[0] as { min: number; max: number } | undefined;
  return bounds ? new AppError('whole_number', { field, ...bounds }) : new AppError('parameter_form', { field });
}
