import type { Check } from './check';
import { Broken, Untried } from './verdict';
import { HANDSHAKES } from './checks/handshakes';
import { REST } from './checks/rest';
import { STREAM } from './checks/stream';
import { V1_ERRORS } from './checks/v1-errors';
import { V1_MESSAGES } from './checks/v1-messages';
import { V1_NAMES } from './checks/v1-names';
import { V2_CHANGES } from './checks/v2-changes';
import { V2_FEED } from './checks/v2-feed';
import { V2_MESSAGES } from './checks/v2-messages';
import { V2_PRESENCE } from './checks/v2-presence';
import { V2_RATES } from './checks/v2-rates';
import { Kit } from './kit';
import type { Options } from './options';
import type { Target } from './target';

export interface Result {
  readonly rule: string;
  readonly title: string;
  readonly outcome: 'holds' | 'fails' | 'untried';
  /** Expected and actual result, or why the check was not tried. */
  readonly reason?: string;
  /** Everything sent and received, if the rule fails. */
  readonly transcript?: readonly string[];
  readonly ms: number;
}

/** Timeout of a whole check, in timeouts of a single wait: it has a few waits. */
const LONGEST_CHECK_WAITS = 6;

export const CHECKS: readonly Check[] = [
  ...HANDSHAKES,
  ...V1_MESSAGES,
  ...V1_ERRORS,
  ...V1_NAMES,
  ...V2_FEED,
  ...V2_MESSAGES,
  ...V2_PRESENCE,
  ...V2_CHANGES,
  ...STREAM,
  ...REST,
  ...V2_RATES,
];

/** Runs the selected checks one after the other, because rates are counted by address. */
export async function* runChecks(target: Target, { protocols, rules }: Options): AsyncGenerator<Result> {
  for (const check of CHECKS) {
    if (rules && !rules.includes(check.rule)) continue;
    if (check.over !== 'http' && !protocols.includes(check.over)) continue;
    yield await runCheck(check, target);
  }
}

async function runCheck({ rule, title, run }: Check, target: Target): Promise<Result> {
  const kit = new Kit(target);
  const start = performance.now();
  const outcome = await bounded(run(kit), target).then(
    () => ({ outcome: 'holds' as const }),
    (error: unknown) => failure(error, kit),
  );
  kit.close();
  return { rule, title, ...outcome, ms: Math.round(performance.now() - start) };
}

function failure(error: unknown, kit: Kit): Pick<Result, 'outcome' | 'reason' | 'transcript'> {
  if (error instanceof Untried) return { outcome: 'untried', reason: error.message };
  const reason = error instanceof Broken ? error.message : `what came could not be read: ${String(error)}`;
  return { outcome: 'fails', reason, transcript: kit.transcript.lines };
}

async function bounded(run: Promise<void>, { timeoutMs, idleSeconds }: Target): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const mostMs = LONGEST_CHECK_WAITS * timeoutMs + idleSeconds * 1000;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Broken(`not finished within ${mostMs / 1000} s`)), mostMs);
  });
  await Promise.race([run, late]).finally(() => clearTimeout(timer));
}
