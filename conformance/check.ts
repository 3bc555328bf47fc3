import type { Kit } from './kit';

/** A small check of one rule. Independent of all others: it has its own connections, names and keys. */
export interface Check {
  /** Number in test/SPEC.md. */
  readonly rule: string;
  readonly title: string;
  /** Protocol of the check; `http` belongs to both. */
  readonly over: 'v1' | 'v2' | 'http';
  /** @throws Broken, Untried */
  readonly run: (kit: Kit) => Promise<void>;
}

/** Builds the checks of one protocol from rows of rule, title and function. */
export function checks(over: Check['over'], ...rows: [string, string, Check['run']][]): Check[] {
  return rows.map(([rule, title, run]) => ({ rule, title, over, run }));
}
