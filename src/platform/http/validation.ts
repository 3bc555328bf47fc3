import { ValidationPipe } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { AppError } from '../errors/app-error';

/**
 * HTTP parameters through class-validator; the first thing wrong becomes a 422 that names the field and its bounds.
 * For controllers, one by one: as a global pipe Nest would run it on every WebSocket frame, too.
 */
export const httpValidation = new ValidationPipe({
  transform: true,
  stopAtFirstError: true,
  exceptionFactory: ([first]: ValidationError[]) => {
    const bounds = Object.values(first?.contexts ?? {})[0] as { min: number; max: number } | undefined;
    return bounds
      ? new AppError('whole_number', { field: first!.property, ...bounds })
      : new AppError('VALIDATION_ERROR');
  },
});
