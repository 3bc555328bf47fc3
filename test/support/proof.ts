import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

interface Run {
  readonly code: number | null;
  readonly printed: string;
}

/** Runs the built checker. */
function proof(options: string): Promise<Run> {
  return new Promise((resolve) => {
    const args = [join(__dirname, '../../dist/proof/main.js'), ...options.split(' ')];
    const child = execFile(process.execPath, args, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode, printed: stdout + stderr });
    });
  });
}

/** Expects an unmodified server and client to pass. What this machine lacks is reported, or fails with REQUIRE_ALL_SUITES=1. */
export async function expectPassed(options: string): Promise<void> {
  const { code, printed } = await proof(options);
  const leftOut = /^LEFT OUT: .*$/m.exec(printed);
  if (leftOut && process.env.REQUIRE_ALL_SUITES === '1') throw new Error(leftOut[0]);
  if (leftOut) process.stderr.write(`${leftOut[0]}\n`);
  expect(printed).toMatch(/^PASSED$/m);
  expect(code).toBe(0);
}

/** The checks violated by a deliberately broken server, or client in Node. */
export async function violatedBy(sabotage: string, options: string): Promise<string[]> {
  const { code, printed } = await proof(
    `--seconds 2 --seed 1 --readers 3 --no-browser ${options} --sabotage ${sabotage}`,
  );
  const evidence = /^evidence: (.+)$/m.exec(printed);
  if (evidence) rmSync(evidence[1]!, { recursive: true });
  expect(code).toBe(1);
  const violated = [...printed.matchAll(/^VIOLATED ([\w-]+):/gm)].map((match) => match[1]!);
  // The report tells why a run without violations ended with 1.
  if (violated.length === 0) throw new Error(`no violation was found:\n${printed}`);
  return violated;
}
