import type { ErrorReason } from '../../platform/errors/error-table';
import { isOverstructured } from './json-structure';
import type { Protocol } from './protocol';

/** A frame in the form Nest dispatches; what is no message of the protocol is the event `invalid_frame` with its reason. */
export type IncomingFrame =
  { readonly event: string; readonly data: object } | { readonly event: 'invalid_frame'; readonly data: ErrorReason };

/** Never throws: a client's bytes cannot be an exception of the server. */
export function readFrame(protocol: Protocol, bytes: Buffer, isBinary: boolean): IncomingFrame {
  if (isBinary) return invalid('binary_frame');
  if (isOverstructured(bytes)) return invalid('too_many_parts');
  let frame: unknown;
  try {
    frame = JSON.parse(bytes.toString());
  } catch {
    return invalid('not_json');
  }
  if (typeof frame !== 'object' || frame === null || Array.isArray(frame)) return invalid('not_an_object');
  const { type } = frame as { type?: unknown };
  if (typeof type !== 'string' || !protocol.clientFrames.has(type)) return invalid('unknown_type');
  return { event: type, data: frame };
}

function invalid(reason: ErrorReason): IncomingFrame {
  return { event: 'invalid_frame', data: reason };
}
