import type { Random } from './random';

/** Unique words per text, by which remains of a deleted text are found among any bytes. */
const MARKER = /mk[0-9a-f]{16}/g;
const MARKER_LENGTH = 18;

export function newMarker(random: Random): string {
  const half = () =>
    random
      .whole(0, 2 ** 32 - 1)
      .toString(16)
      .padStart(8, '0');
  return `mk${half()}${half()}`;
}

export function markersIn(text: string): string[] {
  return text.match(MARKER) ?? [];
}

/** All markers in a stream of bytes, read as Latin-1. */
export async function markersOf(chunks: AsyncIterable<string>): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  let end = '';
  for await (const chunk of chunks) {
    const text = end + chunk;
    for (const marker of markersIn(text)) found.add(marker);
    end = text.slice(1 - MARKER_LENGTH);
  }
  return found;
}
