import { execFile } from 'node:child_process';
import { join } from 'node:path';

export interface Checked {
  readonly rule: string;
  readonly outcome: 'holds' | 'fails' | 'untried';
  readonly reason?: string;
  readonly transcript?: readonly string[];
}

interface Report {
  readonly code: number | null;
  readonly printed: string;
  readonly errors: string;
  readonly checks: readonly Checked[];
  /** Rules with a check of this outcome, each once. */
  readonly rules: (outcome: Checked['outcome']) => string[];
}

/** Runs the built conformance kit with `--json`. */
export function conformance(url: string, options = '', environment: Record<string, string> = {}): Promise<Report> {
  return new Promise((resolve) => {
    const args = [join(__dirname, '../../dist/conformance/main.js'), '--url', url, '--json'];
    const env = { PATH: process.env.PATH, ...environment };
    const child = execFile(
      process.execPath,
      [...args, ...options.split(' ').filter(Boolean)],
      { env },
      (_, out, err) => {
        const { checks } = (out.startsWith('{') ? JSON.parse(out) : { checks: [] }) as { checks: Checked[] };
        const rules = (outcome: string) => [
          ...new Set(checks.filter((one) => one.outcome === outcome).map(({ rule }) => rule)),
        ];
        resolve({ code: child.exitCode, printed: out, errors: err, checks, rules });
      },
    );
  });
}
