import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** Below the project's root, so that imports of packages resolve. */
const FOLDER = join(__dirname, '../../node_modules/.cache/type-checks');

const STRICT: ts.CompilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  // Check the declarations of packages, too.
  skipLibCheck: false,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: [],
};

/** Errors of a strict compiler for a module that uses the project's packages. */
export function typeErrors(source: string): string[] {
  mkdirSync(FOLDER, { recursive: true });
  const file = join(FOLDER, `${randomUUID()}.ts`);
  writeFileSync(file, source);
  try {
    return ts
      .getPreEmitDiagnostics(ts.createProgram([file], STRICT))
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  } finally {
    rmSync(file);
  }
}
