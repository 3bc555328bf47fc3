/** Exit codes of the process; the usage texts document them. */
export const EXIT = {
  DONE: 0,
  REFUSED: 1,
  USAGE: 2,
  UNREACHABLE: 3,
  INTERRUPTED: 130,
  NO_READER: 141,
  TERMINATED: 143,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
