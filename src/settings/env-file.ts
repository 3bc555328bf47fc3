import { lstatSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { fileFault } from '../platform/errors/file-fault';
import { StartupError } from '../platform/errors/startup-error';

/**
 * The variables of the file; none where there is no file. Editors on Windows write it with a byte order mark, or in UTF-16.
 * @throws StartupError when there is one that cannot be read
 */
export function readEnvFile(path: string): Readonly<Record<string, string | undefined>> {
  // A link to nothing is a mistake; no file at all is not.
  if (!lstatSync(path, { throwIfNoEntry: false })) return {};
  try {
    return parseEnv(decode(readFileSync(path)));
  } catch (error) {
    const isOtherEncoding = (error as NodeJS.ErrnoException).code === 'ERR_ENCODING_INVALID_ENCODED_DATA';
    const fault = isOtherEncoding ? 'it is not UTF-8' : fileFault(error);
    throw fault ? new StartupError(`cannot read ${path}: ${fault}`) : error;
  }
}

function decode(bytes: Buffer): string {
  const isLittleEndian = bytes[0] === 0xff && bytes[1] === 0xfe;
  const isBigEndian = bytes[0] === 0xfe && bytes[1] === 0xff;
  const encoding = isLittleEndian ? 'utf-16le' : isBigEndian ? 'utf-16be' : 'utf-8';
  // It also takes the mark away.
  return new TextDecoder(encoding, { fatal: true }).decode(bytes);
}
