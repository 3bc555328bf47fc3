import { execFileSync } from 'node:child_process';
import { SmallDisk } from '../../proof/small-disk';
import { testFolder } from './database';

/** Whether this process may mount file systems. */
export const canMountDisks = canMount();

/** Mounts a disk in a new test folder. */
export function mountSmallDisk(megabytes: number): SmallDisk {
  return SmallDisk.mount(testFolder(), megabytes)!;
}

export function makeReadOnly(disk: SmallDisk): void {
  execFileSync('mount', ['-o', 'remount,ro', disk.folder]);
}

function canMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
