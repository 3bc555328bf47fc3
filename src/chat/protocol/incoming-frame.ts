import { AppError } from '../../platform/errors/app-error';
import { isOverstructured } from '../../platform/text/json-structure';

/** The JSON object of a text frame. @throws AppError */
export function parseFrame(bytes: Buffer, isBinary: boolean): object {
  if (isBinary) throw new AppError('binary_frame');
  if (isOverstructured(bytes)) throw new AppError('too_many_parts');
  const frame = parseJson(bytes);
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) throw new AppError('not_an_object');
  return frame;
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    throw new AppError('not_json');
  }
}

/** The type of a frame; the empty string, which is not a frame type, if it has none. */
export function typeOf(frame: object): string {
  const { type } = frame as { type?: unknown };
  return typeof type === 'string' ? type : '';
}
