// Checks commit subjects: `type(module): subject`, at most 72 characters, no full stop at the end.
//   node scripts/check-commits.mjs origin/main..HEAD    the commits of a range, without merges
//   node scripts/check-commits.mjs --message FILE       one message: .githooks/commit-msg
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const TYPES = ['feat', 'fix', 'perf', 'refactor', 'docs', 'test', 'build', 'ci', 'chore', 'style', 'revert'];
const MAX_LENGTH = 72;
const FORM = new RegExp(`^(${TYPES.join('|')})(\\([a-z0-9-]+\\))?!?: \\S`);
/** Subjects that git writes by itself: merges, reverts, and commits that a rebase squashes. */
const BY_GIT = /^(Merge |Revert "|fixup! |squash! |amend! )/;

function faultsOf(subject) {
  if (BY_GIT.test(subject)) return [];
  const faults = [];
  if (!FORM.test(subject)) faults.push(`must be "type(module): subject", type one of ${TYPES.join(', ')}`);
  if ([...subject].length > MAX_LENGTH) faults.push(`has ${[...subject].length} characters, at most ${MAX_LENGTH}`);
  if (subject.endsWith('.')) faults.push('must not end with a full stop');
  return faults;
}

function subjectsOf([first, file]) {
  if (first === '--message') return [readFileSync(file, 'utf8').split('\n', 1)[0]];
  const log = execFileSync('git', ['log', '--no-merges', '--format=%s', first], { encoding: 'utf8' });
  return log.split('\n').filter((subject) => subject !== '');
}

const [, , ...args] = process.argv;
if (args.length !== (args[0] === '--message' ? 2 : 1)) {
  console.error('usage: check-commits.mjs RANGE | --message FILE');
  process.exit(2);
}
const complaints = subjectsOf(args).flatMap((subject) => faultsOf(subject).map((fault) => `${subject}\n  ${fault}`));
if (complaints.length > 0) {
  console.error(complaints.join('\n'));
  process.exit(1);
}
