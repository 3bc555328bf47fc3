import type { IncomingMessage } from 'node:http';
import { AppError } from '../errors/app-error';

const HEADER = 'Idempotency-Key';
/** A string by RFC 8941, 3.3.3. */
const QUOTED = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/;
/** Without quotation marks, as most clients send it. */
const BARE = /^[!#-~][!-~]*$/;

/**
 * The key of `Idempotency-Key`, in the form of draft-ietf-httpapi-idempotency-key-header or bare; undefined without the header.
 * @param max characters
 * @throws AppError
 */
export function idempotencyKeyOf(request: IncomingMessage, max: number): string | undefined {
  const values = request.headersDistinct['idempotency-key'];
  if (!values) return undefined;
  const [text = ''] = values;
  // Every character may be escaped, and there are two quotation marks.
  if (text.length > 2 * max + 2) throw new AppError('field_size', { field: HEADER, max });
  const key = QUOTED.exec(text)?.[1]!.replace(/\\(.)/g, '$1') ?? (BARE.test(text) ? text : undefined);
  if (values.length > 1 || (key === undefined && text !== '')) throw new AppError('field_form', { field: HEADER });
  if (!key || key.length > max) throw new AppError('field_size', { field: HEADER, max });
  return key;
}
