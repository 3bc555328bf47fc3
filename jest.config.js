const { availableParallelism } = require('node:os');
const { swcOptions } = require('./scripts/build');
const packages = require('./test/support/jest/packages');
const { SUITES } = require('./test/support/jest/suites');

const POSTGRES_URL = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

const common = {
  rootDir: __dirname,
  testEnvironment: '<rootDir>/test/support/jest/environment.js',
  moduleFileExtensions: ['js', 'json', 'ts'],
  setupFiles: ['reflect-metadata'],
  setupFilesAfterEnv: ['<rootDir>/test/support/jest/release-monitors.js'],
  // A copy: @swc/jest modifies its options, and a build during the tests would take these for new ones and rebuild everything.
  transform: { '^.+\\.[tj]s$': ['@swc/jest', { ...structuredClone(swcOptions), sourceMaps: 'inline' }] },
  // Nest 12 is ESM-only; jest's CommonJS runtime needs it compiled.
  transformIgnorePatterns: ['/node_modules/(?!(?:@nestjs|jose|marked)/)'],
  modulePathIgnorePatterns: ['<rootDir>/dist/package.json', '<rootDir>/bench/package.json'],
  watchPathIgnorePatterns: ['<rootDir>/dist/'],
  moduleNameMapper: {
    // A worker thread runs outside jest's module system: the built file is started.
    '^\\./writer\\.worker\\.js$': '<rootDir>/dist/src/storage/sqlite/writer.worker.js',
    // Dynamic imports name built files.
    '^(\\./transports/.*)\\.js$': '$1',
    ...packages.moduleNameMapper,
  },
};

const endToEnd = ({ files }) => ({
  testMatch: files.map((file) => `<rootDir>/test/${file}.{e2e-,}spec.ts`),
  globalSetup: '<rootDir>/test/support/jest/build.js',
});
const onPostgres = {
  globalSetup: '<rootDir>/test/support/jest/require-postgres.js',
  globals: { POSTGRES_URL },
};

const { faults, postgres, cluster, browser, deploy, proof } = SUITES;
const elsewhere = [faults, postgres, cluster, browser, deploy, proof].flatMap(({ files }) => files);
// Not the glob `!(page|…)`, which excludes page-embedding, too.
const notElsewhere = { testPathIgnorePatterns: [`/test/(${elsewhere.join('|')})\\.(e2e-)?spec\\.ts$`] };
const PROJECTS = {
  unit: {
    testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/packages/*/src/**/*.spec.ts'],
    // The packages are ESM, whose imports name built files.
    moduleNameMapper: { ...common.moduleNameMapper, '^(\\.{1,2}/.*)\\.js$': '$1' },
    globalSetup: '<rootDir>/test/support/jest/build.js',
  },
  sqlite: { ...endToEnd({ files: ['*'] }), ...notElsewhere },
  faults: endToEnd(faults),
  postgres: { ...endToEnd({ files: [...postgres.files, ...postgres.alsoOnSqlite] }), ...onPostgres },
  cluster: { ...endToEnd(cluster), ...onPostgres },
  browser: endToEnd(browser),
  deploy: endToEnd(deploy),
  proof: endToEnd(proof),
};

/** @type {import('jest').Config} */
module.exports = {
  projects: Object.entries(PROJECTS).map(([displayName, project]) => ({ ...common, displayName, ...project })),
  testSequencer: '<rootDir>/test/support/jest/longest-first.js',
  reporters: ['default', '<rootDir>/test/support/jest/left-out.js'],
  // Tests mostly wait for other processes. With even more workers the longest file would end last.
  maxWorkers: Math.min(2 * availableParallelism(), 12),
  testTimeout: 20_000,
  collectCoverageFrom: ['src/**/*.ts', '!src/**/*.spec.ts'],
  coverageThreshold: { global: { lines: 90 } },
};
