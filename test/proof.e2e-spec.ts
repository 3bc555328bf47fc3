import { execFile } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';

jest.setTimeout(120_000);

interface Run {
  readonly code: number | null;
  readonly printed: string;
}

function proof(options: string): Promise<Run> {
  return new Promise((resolve) => {
    const args = [join(__dirname, '../dist/proof/main.js'), ...options.split(' ')];
    const child = execFile(process.execPath, args, (_error, stdout, stderr) => {
      resolve({ code: child.exitCode, printed: stdout + stderr });
    });
  });
}

/** The promises found broken by a server that is broken on purpose. */
async function violatedBy(sabotage: string, fault: string): Promise<string[]> {
  const { code, printed } = await proof(`--seconds 2 --seed 1 --readers 3 --faults ${fault} --sabotage ${sabotage}`);
  const evidence = /^evidence: (.+)$/m.exec(printed);
  if (evidence) rmSync(evidence[1]!, { recursive: true });
  expect(code).toBe(1);
  return [...printed.matchAll(/^VIOLATED ([\w-]+):/gm)].map((match) => match[1]!);
}

it('[R1] finds nothing on the server as it is', async () => {
  const { code, printed } = await proof('--seconds 5 --seed 7');
  const leftOut = /^LEFT OUT: .*$/m.exec(printed);
  if (leftOut && process.env.REQUIRE_ALL_SUITES === '1') throw new Error(leftOut[0]);
  if (leftOut) process.stderr.write(`${leftOut[0]}\n`);
  expect(printed).toMatch(/^PROVEN$/m);
  expect(code).toBe(0);
});

it('[R2] finds an acknowledgement before the commit', async () => {
  expect(await violatedBy('early-ack', 'kill')).toContain('lost');
});

it('[R3] finds that repeats are stored', async () => {
  const violated = await violatedBy('store-repeats', 'cut');
  expect(violated).toEqual(expect.arrayContaining(['stored-twice', 'answer-changed']));
});

it('[R4] finds a replay that is off by one', async () => {
  expect(await violatedBy('replay-off-by-one', 'cut')).toContain('hole');
});
