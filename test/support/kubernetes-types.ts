import { existsSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { Manifest } from './manifests';

const ROOT = join(__dirname, '../..');
/** A virtual file that only the compiler sees. */
const FILE = join(ROOT, 'test/manifests-under-check.ts');

/**
 * Violations that Kubernetes would reject in these objects, according to the package kubernetes-models. Its types,
 * generated from Kubernetes' OpenAPI document and checked by the TypeScript compiler, find unknown and missing fields
 * and wrong values; its schemas find violations beyond types. Needs neither a cluster nor a network.
 */
export function violations(manifests: readonly Manifest[]): string[] {
  const unknown = manifests.filter((manifest) => !existsSync(`${modulePath(manifest)}.d.ts`));
  if (unknown.length > 0) return unknown.map(({ apiVersion, kind }) => `there is no ${kind} in ${apiVersion}`);
  return [...typeErrors(manifests), ...schemaErrors(manifests)];
}

function modulePath({ apiVersion, kind }: Manifest): string {
  return join(ROOT, 'node_modules/kubernetes-models', apiVersion, kind);
}

function typeErrors(manifests: readonly Manifest[]): string[] {
  const source = manifests.map(
    (manifest, i) =>
      `import type { I${manifest.kind} as T${i} } from 'kubernetes-models/${manifest.apiVersion}/${manifest.kind}';\n` +
      `export const m${i}: T${i} = ${JSON.stringify(manifest, null, 1)};`,
  );
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const onDisk = { ...host };
  host.readFile = (path) => (path === FILE ? source.join('\n') : onDisk.readFile(path));
  host.fileExists = (path) => path === FILE || onDisk.fileExists(path);
  const program = ts.createProgram([FILE], options, host);
  return ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
    const line = file?.text.slice(start).split('\n', 1)[0] ?? '';
    return `${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}

interface Model {
  validate(): void;
}

function schemaErrors(manifests: readonly Manifest[]): string[] {
  return manifests.flatMap((manifest) => {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- the kind selects the module
    const models = require(modulePath(manifest)) as Record<string, new (data: object) => Model>;
    try {
      new models[manifest.kind]!(manifest).validate();
      return [];
    } catch (error) {
      return [`${manifest.kind} ${String(manifest.metadata?.name)}: ${String(error)}`];
    }
  });
}
