const vm = require('node:vm');
const { TestEnvironment } = require('jest-environment-node');

const { compileFunction, Script } = vm;
/** By file, with the source that it was compiled from: a setting of a project changes it. */
const compiled = new Map();

/**
 * Compiles each module once per worker. Jest does it for each test file anew, and what V8 then compiles at the first call of each
 * function, too: a third of the unit tests' time. Realms stay apart, as each test file runs the compiled script in its own.
 */
vm.compileFunction = (code, parameters, options = {}) => {
  const { filename, parsingContext } = options;
  // A dynamic import leads back to the one test file that it was compiled for.
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
