/** `describe`, or a visible skip where the machine lacks something; with REQUIRE_ALL_SUITES=1 lacking it is a failure. */
export function describeWhere(available: boolean, lacking: string): jest.Describe {
  if (available) return describe;
  if (process.env.REQUIRE_ALL_SUITES === '1') throw new Error(`this machine has no ${lacking}`);
  process.stderr.write(`SKIPPED: no ${lacking} on this machine\n`);
  return describe.skip;
}
