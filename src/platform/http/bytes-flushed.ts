import type { Socket } from 'node:net';

/** Bytes of a stream that the kernel has taken so far. It only grows while the peer reads. Node does not document these figures. */
export function bytesFlushed(stream: Socket): number {
  const { _bytesDispatched, _handle } = stream as unknown as {
    _bytesDispatched: number;
    _handle: { writeQueueSize: number } | null;
  };
  return _bytesDispatched - (_handle?.writeQueueSize ?? 0);
}
