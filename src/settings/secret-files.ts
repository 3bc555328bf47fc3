import { readFileSync, statSync } from 'node:fs';
import { fileFault } from '../platform/errors/file-fault';
import { StartupError } from '../platform/errors/startup-error';
import { settingsFromFiles } from './setting.decorator';

type Environment = Readonly<Record<string, string | undefined>>;

/** Maximum file size, in bytes. */
const MAX_BYTES = 65_536;

/** The variable that names the file of a setting, as for the secrets of Docker and Kubernetes. */
export function fileVariable(setting: string): string {
  return `${setting}_FILE`;
}

/**
 * The environment with the settings read from files. Trailing line breaks, which editors add, are stripped.
 * @throws StartupError naming the variable and the fault of its file, never its content
 */
export function withSecretFiles(environment: Environment): Environment {
  const read = settingsFromFiles().flatMap((name) => {
    const path = environment[fileVariable(name)];
    if (path === undefined || path === '') return [];
    if (environment[name])
      throw new StartupError(`${name} and ${fileVariable(name)} are both set; one of them is needed`);
    return [[name, readSecret(fileVariable(name), path)]];
  });
  return { ...environment, ...(Object.fromEntries(read) as Environment) };
}

function readSecret(variable: string, path: string): string {
  const refuse = (fault: string) => new StartupError(`cannot read the file of ${variable}, ${path}: ${fault}`);
  let text: string;
  try {
    const stats = statSync(path);
    // A pipe may never be written to, and a device may have no end.
    if (!stats.isFile()) throw refuse('it is not a file');
    if (stats.size > MAX_BYTES) throw refuse(`it is larger than ${MAX_BYTES} bytes`);
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    if (error instanceof StartupError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw refuse(code === 'ERR_ENCODING_INVALID_ENCODED_DATA' ? 'it is not UTF-8' : (fileFault(error) ?? message));
  }
  const secret = text.replace(/[\r\n]+$/, '');
  if (secret === '') throw refuse('it is empty');
  return secret;
}
