/** The number of colours for names; `styles/name-colours.ts` has them. */
export const NAME_COLOURS = 12;

/** Colour index of a name, 0 to 11; the same on every client. */
export function nameColour(name: string): number {
  let hash = 0x811c9dc5;
  for (const character of name) hash = Math.imul(hash ^ character.codePointAt(0)!, 0x01000193);
  return (hash >>> 0) % NAME_COLOURS;
}
