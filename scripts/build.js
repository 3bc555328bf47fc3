// Compiles the sources that changed, file by file, in well under a second; `npm run typecheck` checks their types.
const { createHash } = require('node:crypto');
const fs = require('node:fs');
const { dirname, join } = require('node:path');
const { buildElement } = require('./build-element');

const ROOT = join(__dirname, '..');
const OUT = join(ROOT, 'dist');
const SOURCES = ['src', 'proof', 'bench', 'conformance', 'scripts', 'ormconfig.ts', 'package.json'];
/** Built as ESM beside their sources, with types, for browsers and other projects. */
const LIBRARIES = [join('packages', 'client'), join('packages', 'cli')];
const PAGE = join('src', 'web', 'public');
/** The custom element, which its package builds to one file. */
const ELEMENT = join('packages', 'chat-room', 'dist', 'chat-room.js');
/** Holds a digest of the inputs other than sources: options and versions. */
const KEY = join(OUT, '.build');

/** Shared with Jest, so that the tests run the code that is shipped. */
const swcOptions = {
  swcrc: false,
  jsc: {
    target: 'es2023',
    keepClassNames: true,
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
  },
  module: { type: 'commonjs' },
};

/** Libraries stay ES modules, for the bundlers of their users. */
const libraryOptions = {
  swcrc: false,
  jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
  module: { type: 'es6' },
};

/** The source of every file in `dist`, by the absolute path of the output; sources are relative to the root. */
function outputs() {
  const files = SOURCES.filter((path) => fs.existsSync(join(ROOT, path))).flatMap((path) =>
    fs.statSync(join(ROOT, path)).isDirectory()
      ? fs.readdirSync(join(ROOT, path), { recursive: true }).map((name) => join(path, name))
      : [path],
  );
  const result = new Map();
  for (const source of files) {
    if (source.includes('node_modules')) continue;
    if (/(?<!\.spec|\.d)\.ts$/.test(source)) result.set(join(OUT, source.replace(/ts$/, 'js')), source);
    else if (isCopied(source)) result.set(join(OUT, source), source);
  }
  if (fs.existsSync(join(ROOT, ELEMENT))) result.set(join(OUT, ELEMENT), ELEMENT);
  return result;
}

/** The same for a library's `dist`. */
function libraryOutputs(library) {
  const folder = join(library, 'src');
  if (!fs.existsSync(join(ROOT, folder))) return new Map();
  const names = fs.readdirSync(join(ROOT, folder)).filter((name) => /(?<!\.spec)\.ts$/.test(name));
  return new Map(names.map((name) => [join(ROOT, library, 'dist', name.replace(/ts$/, 'js')), join(folder, name)]));
}

/** Files that the product reads at run time besides its code. */
function isCopied(source) {
  if (source === 'package.json') return true;
  return (source.startsWith(PAGE) || /^src.*\.txt$/.test(source)) && fs.statSync(join(ROOT, source)).isFile();
}

/** Whether both have the same modification time: a source's may also move backwards. */
function isCurrent(output, source) {
  const made = fs.statSync(output, { throwIfNoEntry: false });
  return made !== undefined && Math.round(made.mtimeMs) === Math.round(fs.statSync(join(ROOT, source)).mtimeMs);
}

/** Replaces the file atomically: a server or another build may be reading it. */
function write(path, content, time) {
  const draft = `${path}.${process.pid}`;
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.writeFileSync(draft, content);
  fs.utimesSync(draft, time, time);
  fs.renameSync(draft, path);
}

function compile(output, source) {
  const path = join(ROOT, source);
  // Before the content, so that the next build notices a change in between.
  const { mtime } = fs.statSync(path);
  const text = fs.readFileSync(path);
  if (!source.endsWith('.ts')) return write(output, text, mtime);
  const { transformSync } = require('@swc/core');
  const { code, map } = transformSync(text.toString(), { ...swcOptions, filename: path, sourceMaps: true });
  write(`${output}.map`, map, mtime);
  write(output, code, mtime);
}

/** Writes the types first: the time of the code vouches for both. */
function compileLibrary(output, source) {
  const { transpileDeclaration } = require('typescript');
  const { transformSync } = require('@swc/core');
  const path = join(ROOT, source);
  const { mtime } = fs.statSync(path);
  const text = fs.readFileSync(path, 'utf8');
  const { outputText } = transpileDeclaration(text, { fileName: path, compilerOptions: { stripInternal: true } });
  write(output.replace(/js$/, 'd.ts'), outputText, mtime);
  write(output, transformSync(text, { ...libraryOptions, filename: path }).code, mtime);
}

function removeOthers(folder, wanted) {
  for (const name of fs.readdirSync(folder, { recursive: true })) {
    const path = join(folder, name);
    if (path === KEY || wanted.has(path.replace(/\.map$/, '').replace(/\.d\.ts$/, '.js'))) continue;
    // The draft of another build may be gone by now.
    if (fs.statSync(path, { throwIfNoEntry: false })?.isFile()) fs.rmSync(path, { force: true });
  }
}

/** Returns how many files were written. */
function build() {
  // The production image has the build but no sources.
  if (!fs.existsSync(join(ROOT, 'src'))) return 0;
  const key = createHash('sha256')
    .update(JSON.stringify([swcOptions, libraryOptions]))
    .update(fs.readFileSync(join(ROOT, 'package-lock.json')))
    .digest('hex');
  const isOther = !fs.existsSync(KEY) || fs.readFileSync(KEY, 'utf8') !== key;
  if (isOther) fs.rmSync(OUT, { recursive: true, force: true });
  const built = LIBRARIES.map((library) => buildLibrary(library, isOther));
  buildElement();
  const wanted = outputs();
  const stale = [...wanted].filter(([output, source]) => !isCurrent(output, source));
  for (const [output, source] of stale) compile(output, source);
  removeOthers(OUT, wanted);
  // Only if it differs: a concurrent build that found it empty would remove everything.
  if (isOther) write(KEY, key, new Date());
  return built.reduce((sum, count) => sum + count, stale.length);
}

function buildLibrary(library, isAnew) {
  const wanted = libraryOutputs(library);
  if (wanted.size === 0) return 0;
  const stale = [...wanted].filter(([output, source]) => isAnew || !isCurrent(output, source));
  for (const [output, source] of stale) compileLibrary(output, source);
  removeOthers(join(ROOT, library, 'dist'), wanted);
  return stale.length;
}

module.exports = { build, swcOptions };
if (require.main === module) build();
