const { SUITES } = require('./suites');

/** Says at the end which suites a run left out, and how to run them. */
module.exports = class LeftOut {
  constructor({ testPathPatterns, testNamePattern, watch }) {
    const patterns = testPathPatterns.patterns ?? testPathPatterns;
    this.isPartial = patterns.length > 0 || Boolean(testNamePattern) || watch;
  }

  onRunComplete(contexts, { numPendingTests }) {
    if (process.env.REQUIRE_ALL_SUITES === '1' && !this.isPartial) this.skipped = numPendingTests;
    const ran = new Set([...contexts].map(({ config }) => config.displayName.name));
    const others = Object.entries(SUITES).filter(([name]) => !ran.has(name));
    if (this.isPartial || ran.size < 2 || others.length === 0) return;
    const rows = others.map(
      ([name, { shows, needs }]) => `  npm run test:${name.padEnd(9)} ${shows}${needs ? `; needs ${needs}` : ''}\n`,
    );
    process.stdout.write(`\nNot part of this run:\n${rows.join('')}  npm run test:all       everything\n`);
  }

  /** Fails a run that skipped tests in spite of REQUIRE_ALL_SUITES=1. */
  getLastError() {
    return this.skipped ? new Error(`${this.skipped} tests were skipped`) : undefined;
  }
};
