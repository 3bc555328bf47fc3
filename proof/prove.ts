import { Cast } from './cast';
import { check } from './checks/check';
import type { RestView } from './checks/rest';
import { violation, type Violation } from './checks/violation';
import { figuresOf, type Figures } from './figures';
import { History } from './history';
import { Nemesis } from './nemesis';
import type { Options } from './options';
import { hostsOf } from './participant/hosts';
import { Random } from './random';
import { fetchChanges, fetchRange, get } from './rest';
import type { Subject } from './subject';
import type { Where } from './where';
import { within } from './within';
import type { Workplace } from './workplace';

/** Timeout for each step in which the clients settle after the faults, in milliseconds. */
const REST_MS = 30_000;
/** Timeout for every client to take part, in milliseconds; without that, no faults are injected. */
const READY_MS = 30_000;

export interface Outcome {
  readonly history: History;
  readonly figures: Figures;
  readonly violations: readonly Violation[];
}

interface Rest {
  readonly views: RestView[];
  readonly violations: Violation[];
}

/** Runs clients against the subject while breaking it, and judges what they saw. */
export async function prove(
  options: Options,
  { folder, subject, faultsOf }: Workplace,
  say: (line: string) => void,
): Promise<Outcome> {
  const random = new Random(options.seed);
  const history = new History();
  const [hosts] = await Promise.all([hostsOf(options, folder), subject.start()]);
  const cast = new Cast(subject.where, history, random, options, hosts);
  cast.start();
  // A fault shows nothing before the clients have anything to lose.
  const hasDied = () => subject.deaths.length > 0;
  const isReady = await within(READY_MS, () => history.idle.length === 0 || hasDied());
  const idle = isReady ? [] : history.idle;
  const { clients, listeners, circumstances } = cast;
  const nemesisRandom = random.fork();
  const faults = faultsOf({ clients, listeners, circumstances, say }, nemesisRandom);
  const nemesis = new Nemesis(
    faults,
    nemesisRandom,
    options.faults.filter((fault) => fault in faults),
  );
  if (isReady) await nemesis.rage(options.seconds * 1000, () => cast.isComplete, hasDied);

  await subject.heal();
  say('healed; clients finish');
  cast.finish();
  // A dead subject no longer answers: judge the record so far.
  const { views, violations: unsettled } = await comeToRest(subject, cast, hasDied).catch((error: unknown): Rest => {
    if (!hasDied()) throw error;
    return { views: [], violations: [] };
  });
  await cast.leave();
  await subject.stop();
  say('checking');
  const stored = await subject.read();
  const copies = await subject.copies();
  const violations = [
    ...unsettled,
    ...subject.deaths.map((death) => violation('died', death)),
    ...subject.violations(),
    ...check({ history, stored, copies, views, outages: subject.outages }, subject.isReplicated),
    ...(subject.isReplicated ? cast.slowAnswers : []),
  ];
  // Both a broken server and a slow machine may keep clients from taking part: without violations the run is undecided.
  if (!isReady && violations.length === 0) {
    throw new Error(`after ${READY_MS / 1000} s still without an answer or message: ${idle.join(', ')}`);
  }
  const figures = [...figuresOf(history, stored, nemesis.counts), ...cast.figures, ...subject.figures()];
  return { history, figures, violations };
}

/** Lets all clients finish, then reads the stored messages over REST. */
async function comeToRest(subject: Subject, cast: Cast, hasDied: () => boolean): Promise<Rest> {
  await within(REST_MS, () => cast.isSettled || hasDied());
  if (hasDied()) return { views: [], violations: [] };
  const violations = cast.unanswered.map((key) => violation('unanswered', `${key} was never acknowledged`));
  cast.repeat();
  if (!(await within(REST_MS, () => cast.isRepeated || hasDied()))) {
    violations.push(violation('unanswered', 'not every late repeat was answered'));
  }
  const views = await Promise.all(subject.ports.map((port) => restView(() => port, cast.writers)));
  const { messages, changes } = views[0]!;
  await within(REST_MS, () => cast.isCaughtUp(messages.at(-1)?.id ?? 0, changes.at(-1)?.change_id ?? 0));
  await subject.settle(cast.users);
  return { views, violations };
}

async function restView(where: Where, writers: readonly string[]): Promise<RestView> {
  const { total } = (await get(where, '/api/messages?limit=1')) as { total: number };
  const users: Record<string, number> = {};
  for (const name of writers) {
    const body = (await get(where, `/api/messages/user/${name}?limit=1`)) as { total_messages: number };
    users[name] = body.total_messages;
  }
  return {
    messages: await fetchRange(where, 1, total),
    changes: await fetchChanges(where),
    stats: (await get(where, '/api/messages/stats')) as RestView['stats'],
    users,
  };
}
