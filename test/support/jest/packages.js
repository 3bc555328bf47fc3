const { createHash } = require('node:crypto');
const fs = require('node:fs');
const { basename, join } = require('node:path');

const ROOT = join(__dirname, '../../..');
/** Packages by bundle, with every inner file that other bundles import, so that each module exists only once. */
const BUNDLES = {
  'nest-common': [
    '@nestjs/common',
    '@nestjs/common/constants.js',
    '@nestjs/common/enums/route-paramtypes.enum.js',
    '@nestjs/common/interfaces/index.js',
    '@nestjs/common/internal',
    '@nestjs/common/pipes/validation.pipe.js',
    '@nestjs/common/utils/load-package.util.js',
    '@nestjs/common/utils/shared.utils.js',
  ],
  nest: [
    '@nestjs/core',
    '@nestjs/core/internal',
    '@nestjs/core/router/legacy-route-converter.js',
    '@nestjs/core/router/route-path-factory.js',
    '@nestjs/websockets',
    '@nestjs/websockets/constants.js',
    '@nestjs/websockets/internal',
  ],
  'nest-http': ['@nestjs/platform-express', '@nestjs/platform-ws', '@nestjs/swagger', '@nestjs/terminus'],
  'nest-typeorm': ['@nestjs/typeorm'],
  validation: ['class-transformer', 'class-transformer/cjs/storage', 'class-validator'],
  typeorm: ['typeorm', 'typeorm/driver/better-sqlite3/BetterSqlite3QueryRunner.js'],
  typebox: ['@sinclair/typebox', '@sinclair/typebox/compiler', '@sinclair/typebox/value'],
  redis: ['@redis/client'],
  'fast-check': ['fast-check'],
  jose: ['jose'],
  pg: ['pg'],
  'prom-client': ['prom-client'],
  ws: ['ws'],
};
/** Loaded at first use: its data takes a third of the time to load class-validator, and no test validates phone numbers. */
const PHONE_NUMBERS = 'libphonenumber-js/max';
const WHEN_USED = `\0${PHONE_NUMBERS}`;
/** Imports left to Jest's resolution: native packages, those bundled separately, and those not installed. */
const ELSEWHERE = [
  /^(node:|better-sqlite3$|bufferutil$|utf-8-validate$|pg-native$|reflect-metadata$|rxjs$|rxjs\/operators$)/,
  /^(@fastify\/|@nestjs\/(microservices|platform-socket\.io))/,
];

const key = createHash('sha256')
  .update(fs.readFileSync(join(ROOT, 'package-lock.json')))
  .update(fs.readFileSync(module.filename));
const FOLDER = join(ROOT, 'node_modules/.cache/jest-packages', key.digest('hex').slice(0, 16));
/** The bundle that the package ships. */
const RXJS = 'node_modules/rxjs/dist/bundles/rxjs.umd.js';
const fileOf = (name) => join(FOLDER, `${name.replaceAll('/', '.')}.js`);
const names = Object.values(BUNDLES).flat();

/** Bundles by the name of a package, or of an inner file without its extension. */
const bundles = new Map([
  ...names.map((name) => [name.replace(/\.js$/, ''), fileOf(name)]),
  ...['rxjs', 'rxjs/operators'].map((name) => [name, join(ROOT, RXJS)]),
]);
/** The bundle that a package, or an inner file of it, is read from; undefined if it has none. */
const bundleOf = (name) => bundles.get(name.replace(/\.js$/, ''));

/** Maps packages to their bundles. */
const moduleNameMapper = Object.fromEntries(
  [...bundles].map(([name, file]) => [`^${name.replaceAll('.', '\\.')}(\\.js)?$`, file]),
);

/**
 * Bundles the packages unless bundles of these versions exist. Jest evaluates packages anew for each test file: resolving and
 * wrapping thousands of files one by one would cost as much as the tests.
 */
async function bundlePackages() {
  if (fs.existsSync(FOLDER)) return;
  const { rolldown } = await import('rolldown');
  const draft = `${FOLDER}.${process.pid}`;
  for (const [bundle, members] of Object.entries(BUNDLES)) await write(rolldown, draft, bundle, members);
  // Another run may have been faster.
  if (!fs.existsSync(FOLDER)) fs.renameSync(draft, FOLDER);
  for (const name of fs.readdirSync(join(FOLDER, '..'))) {
    const isOld = name !== basename(FOLDER) && (!name.includes('.') || name === basename(draft));
    if (isOld) fs.rmSync(join(FOLDER, '..', name), { recursive: true, force: true });
  }
}

async function write(rolldown, folder, bundle, members) {
  const others = names.filter((name) => !members.includes(name));
  const entry = join(ROOT, `${bundle}.cjs`);
  const source = members.map((name) => `exports['${name}'] = () => require('${name}');\n`).join('');
  const built = await rolldown({
    input: entry,
    platform: 'node',
    external: [...ELSEWHERE, ...others],
    plugins: [
      {
        name: 'entry',
        resolveId(id, importer) {
          if (id === entry) return id;
          if (id === PHONE_NUMBERS) return importer === WHEN_USED ? { id, external: true } : WHEN_USED;
          const isInner = others.some((name) => id.startsWith(`${name}/`)) && !others.includes(id);
          if (isInner) throw new Error(`${importer} imports ${id}, which must be in the list of its bundle`);
          return null;
        },
        load: (id) => ({ [entry]: source, [WHEN_USED]: whenUsed(PHONE_NUMBERS) })[id],
      },
    ],
    onLog: (level, log) => {
      // Only lookups of packages that are not installed use `import.meta`.
      if (log.code !== 'EMPTY_IMPORT_META') throw new Error(log.message);
    },
  });
  await built.write({
    file: join(folder, `${bundle}.bundle.js`),
    format: 'cjs',
    codeSplitting: false,
    dynamicImportInCjs: false,
    keepNames: true,
  });
  for (const name of members) {
    const file = join(folder, fileOf(name).slice(FOLDER.length));
    fs.writeFileSync(file, `module.exports = require('./${bundle}.bundle.js')['${name}']();\n`);
  }
}

const whenUsed = (name) => `module.exports = new Proxy({}, { get: (_target, key) => require('${name}')[key] });\n`;

module.exports = { bundleOf, bundlePackages, moduleNameMapper };
