const { connect } = require('node:net');

const POSTGRES_URL = process.env.TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** What is about the files of SQLite, or about no database at all, runs once. */
const ONCE =
  'architecture|api-document|async-api-document|balancer|cluster-proof|deploy|disk|http-edge|page|proof|sqlite-writer|start|websocket-handshake';
/** What is about PostgreSQL, or about more than one replica. */
const ONLY_POSTGRES = 'postgres|cluster(?!-proof)|move|rolling-update';

const common = {
  rootDir: '.',
  testEnvironment: 'node',
  moduleFileExtensions: ['js', 'json', 'ts'],
  setupFiles: ['reflect-metadata'],
  transform: {
    '^.+\\.[tj]s$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2023',
          keepClassNames: true,
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Nest 12 is ESM-only; jest's CommonJS runtime needs it compiled.
  transformIgnorePatterns: ['/node_modules/(?!(?:@nestjs)/)'],
  // A worker thread runs outside jest's module system: it is the built file that is started.
  modulePathIgnorePatterns: ['<rootDir>/dist/package.json'],
  moduleNameMapper: { '^\\./writer\\.worker\\.js$': '<rootDir>/dist/src/storage/sqlite/writer.worker.js' },
};

const sqlite = {
  ...common,
  displayName: 'sqlite',
  testRegex: ['src/.*\\.spec\\.ts$', `test/(?!${ONLY_POSTGRES}).*spec\\.ts$`],
};

const postgres = {
  ...common,
  displayName: 'postgres',
  testRegex: [`test/(?!(?:${ONCE})\\.).*spec\\.ts$`],
  globals: { POSTGRES_URL },
};

/** @returns {Promise<import('jest').Config>} */
module.exports = async () => ({
  projects: (await answers(POSTGRES_URL)) ? [sqlite, postgres] : [sqlite],
  collectCoverageFrom: ['src/**/*.ts', '!src/**/*.spec.ts'],
  // What hangs, ends; what is slow on a slow machine, does not.
  testTimeout: 180_000,
  coverageThreshold: { global: { lines: 90 } },
});

/** Whether there is a server; without one the suites on PostgreSQL are left out, visibly, or not at all. */
async function answers(url) {
  const { hostname, port } = new URL(url);
  const isThere = await new Promise((resolve) => {
    const socket = connect(Number(port || 5432), hostname, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
  if (isThere) return true;
  if (process.env.REQUIRE_ALL_SUITES === '1') throw new Error(`no PostgreSQL answers at ${hostname}:${port || 5432}`);
  process.stderr.write(`SKIPPED: all suites on PostgreSQL, as none answers at ${hostname}:${port || 5432}\n`);
  return false;
}
