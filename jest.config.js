/** @type {import('jest').Config} */
module.exports = {
  rootDir: '.',
  testEnvironment: 'node',
  moduleFileExtensions: ['js', 'json', 'ts'],
  testRegex: ['src/.*\\.spec\\.ts$', 'test/.*spec\\.ts$'],
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
  moduleNameMapper: { '^\\./sqlite-writer\\.worker\\.js$': '<rootDir>/dist/src/messages/sqlite-writer.worker.js' },
  collectCoverageFrom: ['src/**/*.ts', '!src/**/*.spec.ts'],
  coverageThreshold: { global: { lines: 90 } },
  testTimeout: 30_000,
};
