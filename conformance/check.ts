import type { Kit } from './kit';

/** One small question about one rule. Independent of all others: connections, names and keys are its own. */
export interface Check {
  /** Number in test/SPEC.md. */
  readonly rule: string;
  readonly title: string;
  /** The protocol it speaks; what is asked over HTTP belongs to both. */
  readonly over: 'v1' | 'v2' | 'http';
  /** @throws Broken, Untried */
  readonly run: (kit: Kit) => Promise<void>;
}

/** The checks of one protocol, from rows of rule, title and question. */
export function checks(over: Check['over'], ...rows: [string, string, Check['run']][]): Check[] {
  return rows.map(([rule, title, run]) => ({ rule, title, over, run }));
}
