const { basename } = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');
const { LONGEST } = require('./suites');

/**
 * Starts long files first, so that no worker is idle at the end. Jest knows the durations only where the tests have run
 * before; a clean checkout has the list of `LONGEST`.
 */
module.exports = class LongestFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (sorted.every(({ duration }) => duration !== undefined)) return sorted;
    const place = ({ path }) => {
      const found = LONGEST.indexOf(basename(path).replace(/\.(e2e-)?spec\.ts$/, ''));
      return found === -1 ? LONGEST.length : found;
    };
    return sorted.sort((a, b) => place(a) - place(b));
  }
};
