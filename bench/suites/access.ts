import type { Measurement } from '../figures';
import type { Session } from '../session';
import { CHAT } from '../targets';
import { edits } from './access/edits';
import { frames } from './access/frames';
import { resume } from './access/resume';
import { returns } from './access/returns';
import { tokens } from './access/tokens';

const CASES = { frames, returns, edits, resume, tokens };

/** The cost of identities and changes. */
export async function access(session: Session): Promise<Measurement[]> {
  if (!session.options.targets.includes(CHAT)) return [];
  const measurements: Measurement[] = [];
  for (const [name, measure] of Object.entries(CASES)) {
    if (name.includes(session.options.caseText)) measurements.push(...(await measure(session)));
  }
  return measurements;
}
