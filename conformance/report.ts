import type { Result } from './run-checks';

/** Maximum lines of a transcript that are printed; `--json` has all of them. */
const SHOWN_LINES = 20;

/** One check for people: rule and title, and the evidence where it fails. */
export function lineOf({ outcome, rule, title, reason, transcript }: Result): string {
  const head = `${{ holds: 'holds  ', fails: 'FAILS  ', untried: 'untried' }[outcome]}  ${rule.padEnd(4)} ${title}`;
  if (outcome === 'holds') return head;
  if (outcome === 'untried') return `${head}\n              ${reason}`;
  const evidence = transcript!.slice(-SHOWN_LINES).map((line) => `              ${printable(line)}`);
  return [head, `              expected: ${printable(reason!)}`, ...evidence].join('\n');
}

export function countsOf(results: readonly Result[]): Record<Result['outcome'], number> {
  const count = (outcome: Result['outcome']) => results.filter((one) => one.outcome === outcome).length;
  return { holds: count('holds'), fails: count('fails'), untried: count('untried') };
}

/** Untrusted text must not reach the terminal as control sequences. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
