import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

interface Run {
  readonly code: number | null;
  readonly printed: string;
}

/** Runs the built checker. */
export function proof(options: string): Promise<Run> {
  return new Promise((resolve) => {
    const args = [join(__dirname, '../../dist/proof/main.js'), ...options.split(' ')];
    const child = execFile(process.execPath, args, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode, printed: stdout + stderr });
    });
  });
}

/** The checks violated by a deliberately broken server. */
export async function violatedBy(sabotage: string, options: string): Promise<string[]> {
  const { code, printed } = await proof(`--seconds 2 --seed 1 --readers 3 ${options} --sabotage ${sabotage}`);
  const evidence = /^evidence: (.+)$/m.exec(printed);
  if (evidence) rmSync(evidence[1]!, { recursive: true });
  expect(code).toBe(1);
  return [...printed.matchAll(/^VIOLATED ([\w-]+):/gm)].map((match) => match[1]!);
}
