import { inMemorySession } from '../../../test/support/in-memory-session';
import { ManualClock } from '../../../test/support/manual-clock';
import { NamesInUse } from '../../access/names-in-use';
import { encodeFrames } from '../protocol/wire';
import type { Session } from '../sessions/session';
import { Roster } from './roster';

/** Enough for every retry and every interval between numbers. */
const LONG_MS = 10_000;

const backlog = encodeFrames(Array(40).fill(JSON.stringify({ type: 'old', text: 'x'.repeat(60_000) })) as string[]);

function rosterOf(maxNames: number) {
  const clock = new ManualClock();
  const [quick, slow] = [inMemorySession({ clock }), inMemorySession({ clock })];
  const readers: Session[] = [quick.session, slow.session];
  const roster = new Roster(readers, clock, maxNames, new NamesInUse());
  for (const session of readers) roster.follow(session, { name: undefined });
  slow.stream.isStalled = true;
  slow.session.connection.write(backlog);
  expect(slow.session.connection.isFull).toBe(true);
  const resume = () => {
    slow.stream.isStalled = false;
    slow.stream.takeOne();
  };
  const told = ({ stream }: typeof slow) => stream.frames().filter(({ type }) => type !== 'old');
  return { clock, roster, resume, quickTold: () => told(quick), slowTold: () => told(slow) };
}

it.each([
  ['number', 0, { user_count: 2 }],
  ['list', 10, { users: ['eva', 'max'] }],
])('tells a reader whose backlog was full the %s that it missed', async (_what, maxNames, told) => {
  const { clock, roster, resume, quickTold, slowTold } = rosterOf(maxNames);
  roster.add(['eva', 'max']);
  await clock.advance(LONG_MS);
  const toldBefore = quickTold();
  expect([toldBefore.length > 0, slowTold()]).toEqual([true, []]);
  resume();
  await clock.advance(LONG_MS);
  expect(slowTold()).toEqual([expect.objectContaining({ type: 'presence', ...told })]);
  expect(quickTold()).toEqual(toldBefore);
  // No timer is left.
  expect(clock.pending).toBe(0);
});
