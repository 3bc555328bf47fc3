import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';

/** Relative to `dist/proof/participant`. */
const FOLDER = join(__dirname, '../../../proof');

/** Bundles `perform` with the client as a module for Node and browsers; a given sabotage breaks it on purpose. */
export async function bundle(sabotage: string | undefined): Promise<string> {
  const build = await rolldown({
    input: join(FOLDER, 'participant/perform.ts'),
    platform: 'browser',
    plugins: sabotage === undefined ? [] : [replacing(join(FOLDER, sabotage))],
  });
  const { output } = await build.generate({ format: 'es' });
  return output[0].code;
}

/** Makes all modules import the sabotage instead of its original, which only the sabotage imports. */
function replacing(sabotage: string): Plugin {
  const [, source] = /from '(\..+)'/.exec(readFileSync(sabotage, 'utf8'))!;
  const original = resolve(dirname(sabotage), source!);
  return {
    name: 'sabotage',
    resolveId(id, importer) {
      if (importer === undefined || importer === sabotage) return null;
      return resolve(dirname(importer), id) === original ? sabotage : null;
    },
  };
}
