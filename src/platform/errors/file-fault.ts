import { isNativeError } from 'node:util/types';

/** Descriptions of file system errors, for operators. */
const FAULTS: Readonly<Record<string, string>> = {
  EACCES: 'access is denied',
  EIO: 'the disk reports an error',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ENFILE: 'too many files are open',
  ENOENT: 'it is not there',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is not a folder',
  ENXIO: 'it is not a file',
  EPERM: 'access is denied',
  EROFS: 'the disk is read-only',
};

/** Describes a file system error; undefined for errors of other kinds. */
export function fileFault(error: unknown): string | undefined {
  if (!isNativeError(error) || !('syscall' in error) || !('code' in error)) return undefined;
  return FAULTS[String(error.code)] ?? `it cannot be used (${String(error.code)})`;
}
