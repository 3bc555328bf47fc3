import { createParamDecorator, type ExecutionContext, ValidationPipe } from '@nestjs/common';
import type { Request } from 'express';
import { AppError } from '../platform/errors/app-error';
import { requireUtf8 } from '../platform/http/json-body';
import { firstFault } from '../platform/http/validation.pipe';

const given = createParamDecorator((_: unknown, context: ExecutionContext): unknown => {
  const request = context.switchToHttp().getRequest<Request>();
  // No parser has read a body of another type. Many clients send `Content-Length: 0` without a type.
  if (hasContent(request) && !request.is('json')) throw new AppError('body_not_json');
  requireUtf8(request);
  const body = (request.body ?? {}) as object;
  // The pipe's whitelist misses fields named like members of `Object.prototype`, such as `constructor`.
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
 * A body whose fields are all optional. Misspelt fields and bodies other than JSON are refused: ignoring them would turn a ban
 * of an hour into a permanent one.
 */
export const JsonBody = () => given(strict);
