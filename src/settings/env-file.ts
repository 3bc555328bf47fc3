import { lstatSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { fileFault } from '../platform/errors/file-fault';
import { StartupError } from '../platform/errors/startup-error';

/**
 * Reads the variables of a `.env` file; empty if there is no file. Accepts a byte order mark and UTF-16, as written by editors
 * on Windows.
 * @throws StartupError if the file exists but cannot be read
 */
export function readEnvFile(path: string): Readonly<Record<string, string | undefined>> {
  // Not `existsSync`: a dangling link is a mistake to report, a missing file is not.
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
  // Strips the byte order mark, too.
  return new TextDecoder(encoding, { fatal: true }).decode(bytes);
}
