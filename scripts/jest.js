const { join } = require('node:path');

// Jest with a larger young generation per worker: evaluating modules for each test file makes short-lived objects. Saves a tenth.
process.execArgv.push('--min-semi-space-size=32', '--max-semi-space-size=64');
// The suites of `--suites=unit,sqlite`. Jest's own option takes the words after it for projects, too: with `disk` for a file, it
// would run the whole suite. Another option ends its list.
process.argv = process.argv.flatMap((given) => {
  const suites = /^--suites=(.+)$/.exec(given)?.[1];
  return suites
    ? ['--selectProjects', ...suites.split(','), '--config', join(__dirname, '../jest.config.js')]
    : [given];
});
require('jest/bin/jest');
