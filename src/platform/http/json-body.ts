import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import type { Request } from 'express';
import { AppError } from '../errors/app-error';
import { isOverstructured } from '../text/json-structure';

/** Requests whose body is not UTF-8: the parser would silently replace faulty bytes. */
const broken = new WeakSet<IncomingMessage>();

/**
 * Called by the body parser with the bytes before it parses them. The parser would accept the other encodings of Unicode as well.
 * @throws Error whose cause is the AppError: the parser sets a status on what is thrown
 */
export function checkBytes(request: IncomingMessage, _response: unknown, bytes: Buffer, charset: string): void {
  if (isOverstructured(bytes)) throw new Error('body not parsed', { cause: new AppError('too_many_parts') });
  if (charset !== 'utf-8' || !isUtf8(bytes)) broken.add(request);
}

/** @throws AppError for a body that is not UTF-8 (RFC 8259, 8.1) */
export function requireUtf8(request: IncomingMessage): void {
  if (broken.has(request)) throw new AppError('BAD_REQUEST');
}

/**
 * The JSON object in the body of a request. Any other content type is refused: requests that a page of another origin can send
 * without a preflight cannot have that of JSON.
 * @throws AppError
 */
export function jsonBodyOf(request: Request): Readonly<Record<string, unknown>> {
  const body: unknown = request.body;
  if (!request.is('application/json')) throw new AppError('content_type');
  requireUtf8(request);
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new AppError('not_an_object');
  return body as Record<string, unknown>;
}

/** A text field of the body; undefined if absent. @throws AppError if it is not a string */
export function textIn(body: Readonly<Record<string, unknown>>, field: string): string | undefined {
  const value = Object.hasOwn(body, field) ? body[field] : undefined;
  if (value !== undefined && typeof value !== 'string') throw new AppError('field_type', { field });
  return value;
}
