import { isNativeError } from 'node:util/types';

/** Errors of the file system in words for operators. */
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
  ENOTDIR: 'a part of its path is no folder',
  ENXIO: 'it is no file',
  EPERM: 'access is denied',
  EROFS: 'the disk is read-only',
};

/** The fault of a file in words, or undefined for an error of another kind. */
export function fileFault(error: unknown): string | undefined {
  if (!isNativeError(error) || !('syscall' in error) || !('code' in error)) return undefined;
  return FAULTS[String(error.code)] ?? `it cannot be used (${String(error.code)})`;
}
