import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { containerMemory, memoryUsage, percentage } from './memory-usage';

describe('percentage', () => {
  it.each([
    [0, 100, '1%'],
    [1, 1000, '1%'],
    [45.4, 100, '45%'],
    [99.9, 100, '100%'],
    [120, 100, '100%'],
  ])('of %p of %p: %s', (used, of, text) => expect(percentage(used, of)).toBe(text));
});

it('memoryUsage is an integer percentage on this machine', () => {
  expect(memoryUsage()).toMatch(/^([1-9]\d?|100)%$/);
});

describe('containerMemory', () => {
  let root: string;
  beforeEach(() => (root = mkdtempSync(join(tmpdir(), 'cgroup-'))));
  afterEach(() => rmSync(root, { recursive: true }));

  it.each([
    [
      'version 2, its own group seen as the topmost',
      { 'proc/self/cgroup': '0::/\n', 'sys/fs/cgroup/memory.current': '1000\n' },
    ],
    [
      'version 2, in a group',
      {
        'proc/self/cgroup': '0::/chat.slice\n',
        'sys/fs/cgroup/memory.current': '9\n',
        'sys/fs/cgroup/chat.slice/memory.current': '1000\n',
      },
    ],
    [
      'version 1',
      { 'proc/self/cgroup': '5:cpu:/x\n4:memory:/x\n0::/\n', 'sys/fs/cgroup/memory/x/memory.usage_in_bytes': '1000\n' },
    ],
    [
      'version 1 in a container',
      { 'proc/self/cgroup': '4:hugetlb,memory:/docker/x\n', 'sys/fs/cgroup/memory/memory.usage_in_bytes': '1000\n' },
    ],
  ])('reads %s', (_what, files) => {
    for (const [path, text] of Object.entries(files)) write(path, text);
    expect(containerMemory(root)).toBe(1000);
  });

  it('excludes the file cache', () => {
    write('proc/self/cgroup', '0::/\n');
    write('sys/fs/cgroup/memory.current', '1000\n');
    write('sys/fs/cgroup/memory.stat', 'anon 500\ninactive_file 300\nactive_file 200\n');
    expect(containerMemory(root)).toBe(700);
  });

  it('is undefined without data from the kernel', () => {
    expect(containerMemory(root)).toBeUndefined();
    write('proc/self/cgroup', '0::/\n');
    expect(containerMemory(root)).toBeUndefined();
  });

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
});
