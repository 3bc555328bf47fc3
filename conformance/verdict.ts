/** The rule does not hold; the message says what was expected and what came. */
export class Broken extends Error {}

/** The rule cannot be tried on this server; the message says why. */
export class Untried extends Error {}

export function must(condition: boolean, expected: string): asserts condition {
  if (!condition) throw new Broken(expected);
}
