import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { ERROR_CODES, type ErrorCode } from '../errors/error-codes';
import { ErrorResponse } from '../errors/error-response';

/** Documents the error answers of a route: the given codes and those that every route can have. */
export function ApiErrors(...codes: ErrorCode[]): MethodDecorator {
  return ApiErrorCodes(...codes, 'RATE_LIMITED', 'INTERNAL_ERROR', 'SERVICE_UNAVAILABLE');
}

/** Documents the error answers with these codes. */
export function ApiErrorCodes(...codes: ErrorCode[]): ClassDecorator & MethodDecorator {
  return applyDecorators(
    ...codes.map((code) =>
      ApiResponse({
        status: ERROR_CODES[code].status,
        description: `\`${code}\`: ${ERROR_CODES[code].en}`,
        type: ErrorResponse,
        example: { error: true, message: ERROR_CODES[code].de, code, timestamp: '2024-01-01T12:00:00Z' },
      }),
    ),
  );
}
