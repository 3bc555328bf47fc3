/** Asked by machines every few seconds: probes and scrapes. Paths are the same in capitals. */
export function isProbe(path: string): boolean {
  return /^\/(health|metrics)(\/|$)/i.test(path);
}
