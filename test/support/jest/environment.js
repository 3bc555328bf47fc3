const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');

const { compileFunction, Script } = vm;
/** Scripts by file, each with the source it was compiled from: that differs with a project's settings. */
const compiled = new Map();

/**
 * Compiles each module once per worker. Jest recompiles it for every test file, and V8 its functions at their first call: a
 * third of the unit tests' time. Realms stay separate, as each test file runs the compiled script in its own.
 */
vm.compileFunction = (code, parameters, options = {}) => {
  const { filename, parsingContext } = options;
  // A dynamic import is bound to the test file it was compiled for.
  if (!parsingContext || code.includes('import(')) return compileFunction(code, parameters, options);
  let known = compiled.get(filename);
  if (known?.code !== code) {
    const head = `(function (${parameters.join(', ')}) {`;
    known = { code, script: new Script(`${head}${code}\n})`, { filename, columnOffset: -head.length }) };
    compiled.set(filename, known);
  }
  return known.script.runInContext(parsingContext);
};

module.exports = TestEnvironment;
