import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';

/** Packs the package in the folder as npm would publish it, and prints its files and problems. */
const [pkgDir] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'chat-pack-'));
const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
const [{ filename, files }] = JSON.parse(execFileSync('npm', pack, { cwd: pkgDir, encoding: 'utf8' }));
const tarball = createPackageFromTarballData(new Uint8Array(readFileSync(join(folder, filename))));
rmSync(folder, { recursive: true });
const { messages } = await publint({ pkgDir, strict: true });
const { problems } = await checkPackage(tarball);
const report = { files: files.map(({ path }) => path), messages, problems: problems.map(({ kind }) => kind) };
process.stdout.write(JSON.stringify(report));
