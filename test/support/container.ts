import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { testFolder } from './database';

const ROOT = join(__dirname, '../..');

/**
 * A command that starts the built server without a container engine, but as restricted as in the manifests: the image's
 * file system, read-only except for /tmp and /data; user 1000; no capabilities, no new privileges. Needs root on Linux.
 */
export function containerCommand(dataFolder: string): readonly string[] {
  const script = join(testFolder(), 'container.sh');
  writeFileSync(script, SCRIPT);
  return ['unshare', '--mount', 'sh', script, ROOT, dataFolder, process.execPath];
}

const SCRIPT = `set -e
app=$1 data=$2 node=$3 root=/mnt
chown 1000:1000 "$data"
mount -t tmpfs tmpfs $root
cd $root
mkdir app data tmp proc dev
for folder in /usr /lib /lib64 /bin /etc; do
  [ -e $folder ] || continue
  if [ -L $folder ]; then cp -P $folder .$folder; else mkdir .$folder; mount --bind $folder .$folder; fi
done
mkdir app/node_modules app/dist
cp "$app/package.json" app
mount --bind "$app/node_modules" app/node_modules
mount --bind "$app/dist" app/dist
: >app/node
mount --bind "$node" app/node
mount --bind "$data" data
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t proc proc proc
mount --bind /dev dev
for mounted in usr lib lib64 bin etc app/node_modules app/dist app/node .; do
  ! mountpoint -q $mounted || mount -o remount,bind,ro $mounted
done
exec chroot $root setpriv --reuid 1000 --regid 1000 --clear-groups --no-new-privs --bounding-set -all --inh-caps -all \\
  sh -c 'cd /app && ! (: >/app/x) 2>/dev/null && ! (: >/etc/x) 2>/dev/null && exec ./node dist/src/main.js'
`;
