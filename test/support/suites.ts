/** `describe`, or a visible skip when this machine lacks a dependency. With REQUIRE_ALL_SUITES=1, throws instead. */
export function describeWhere(available: boolean, lacking: string): jest.Describe {
  if (available) return describe;
  if (process.env.REQUIRE_ALL_SUITES === '1') throw new Error(`this machine has no ${lacking}`);
  process.stderr.write(`SKIPPED: no ${lacking} on this machine\n`);
  return describe.skip;
}
