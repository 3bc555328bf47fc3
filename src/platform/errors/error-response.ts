import { ApiProperty } from '@nestjs/swagger';
import type { AppError } from './app-error';
import { ERROR_CODES, type ErrorCode } from './error-codes';
import type { Language } from './language';
import { wireTimestamp } from '../text/timestamps';

/** `ErrorResponse` of the API document: the body of every HTTP error. */
export class ErrorResponse {
  @ApiProperty({ type: Boolean, enum: [true], example: true })
  error: true;

  @ApiProperty({ description: 'For people, in German or English (`Accept-Language`)', example: 'Fehlerbeschreibung' })
  message: string;

  @ApiProperty({
    description: 'For programs; the same in every language',
    enum: Object.keys(ERROR_CODES),
    example: 'VALIDATION_ERROR',
  })
  code: ErrorCode;

  @ApiProperty({ description: 'UTC, to the second', example: '2024-01-01T12:00:00Z' })
  timestamp: string;
}

/** Default `Retry-After`, in seconds. */
const RETRY_AFTER_SECONDS = 5;

/** `Retry-After` in seconds: where it is known, and for any 429 and 503; else undefined. */
export function retryAfterOf({ status, retryAfterMs }: AppError): number | undefined {
  if (retryAfterMs !== undefined) return Math.ceil(retryAfterMs / 1000);
  return status === 429 || status === 503 ? RETRY_AFTER_SECONDS : undefined;
}

export function errorResponse(error: AppError, language: Language, now: number): ErrorResponse {
  return { error: true, message: error.text(language), code: error.code, timestamp: wireTimestamp(now) };
}
