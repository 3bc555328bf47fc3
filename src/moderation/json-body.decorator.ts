import { createParamDecorator, type ExecutionContext, ValidationPipe } from '@nestjs/common';
import type { Request } from 'express';
import { AppError } from '../platform/errors/app-error';
import { requireUtf8 } from '../platform/http/json-body';
import { firstFault } from '../platform/http/validation.pipe';

const given = createParamDecorator((_: unknown, context: ExecutionContext): unknown => {
  const request = context.switchToHttp().getRequest<Request>();
  // A body of another type has been read by nobody. Many clients send `Content-Length: 0` without a type.
  if (hasContent(request) && !request.is('json')) throw new AppError('body_not_json');
  requireUtf8(request);
  const body = (request.body ?? {}) as object;
  // The pipe takes a field by the name of what every object has for no field.
  const isInherited = (field: string) => field in Object.prototype;
  if (Array.isArray(body) || Object.keys(body).some(isInherited)) throw new AppError('VALIDATION_ERROR');
  return body;
});

function hasContent({ headers }: Request): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

const strict = new ValidationPipe({
  transform: true,
  whitelist: true,
  forbidNonWhitelisted: true,
  stopAtFirstError: true,
  validateCustomDecorators: true,
  exceptionFactory: firstFault,
});

/**
 * A body in which everything is optional. What is misspelt or not JSON is refused: ignored, it would turn a ban of an hour into
 * one for ever.
 */
export const JsonBody = () => given(strict);
