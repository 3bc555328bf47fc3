import type { Socket } from 'node:net';

/** Bytes of a stream flushed to the kernel so far; grows only while the peer reads. Relies on undocumented fields of Node. */
export function bytesFlushed(stream: Socket): number {
  const { _bytesDispatched, _handle } = stream as unknown as {
    _bytesDispatched: number;
    _handle: { writeQueueSize: number } | null;
  };
  return _bytesDispatched - (_handle?.writeQueueSize ?? 0);
}
