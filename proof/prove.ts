import { setTimeout as delay } from 'node:timers/promises';
import { Cast } from './cast';
import { check } from './checks/check';
import type { RestView } from './checks/rest';
import { violation, type Violation } from './checks/violation';
import { figuresOf, type Figures } from './figures';
import { History } from './history';
import { Nemesis } from './nemesis';
import type { Options } from './options';
import { Random } from './random';
import { fetchRange, get } from './rest';
import { readStored } from './stored';
import type { Workplace } from './workplace';

/** How long the clients get for each step of coming to rest when nothing is broken any more. */
const REST_MS = 30_000;

export interface Outcome {
  readonly history: History;
  readonly figures: Figures;
  readonly violations: readonly Violation[];
}

/** Lets clients talk to the server while it is being broken, and judges what they saw. */
export async function prove(options: Options, place: Workplace, say: (line: string) => void): Promise<Outcome> {
  const random = new Random(options.seed);
  const history = new History();
  const { server, disk } = place;
  await server.start();
  const cast = new Cast(server.port, history, random, options);
  cast.start();
  const faults = disk ? options.faults : options.faults.filter((fault) => fault !== 'fill');
  const { clients, listeners, circumstances } = cast;
  const stage = { server, disk, clients, listeners, circumstances, say };
  const nemesis = new Nemesis(stage, random.fork(), faults);
  await nemesis.rage(options.seconds * 1000);

  if (!server.isRunning) await server.start();
  say('healed; everyone finishes');
  cast.finish();
  await within(REST_MS, () => cast.isSettled);
  const violations = cast.unanswered.map((key) => violation('unanswered', `${key} is never acknowledged`));
  cast.repeat();
  if (!(await within(REST_MS, () => cast.isRepeated))) {
    violations.push(violation('unanswered', 'not every late repeat gets an answer'));
  }
  const rest = await restView(server.port, options.writers);
  await within(REST_MS, () => cast.isCaughtUp(rest.messages.at(-1)?.id ?? 0));
  await cast.leave();
  if (server.deaths.length === 0) await server.stop();
  violations.push(...server.deaths.map((death) => violation('died', death)));

  say('checking');
  const stored = readStored(server.path);
  violations.push(...check(history, stored, rest));
  return { history, figures: figuresOf(history, stored, nemesis.counts), violations };
}

async function restView(port: number, writers: number): Promise<RestView> {
  const { total } = (await get(port, '/api/messages?limit=1')) as { total: number };
  const users: Record<string, number> = {};
  for (let i = 1; i <= writers; i++) {
    const name = `writer-${i}`;
    const body = (await get(port, `/api/messages/user/${name}?limit=1`)) as { total_messages: number };
    users[name] = body.total_messages;
  }
  return {
    messages: await fetchRange(port, 1, total),
    stats: (await get(port, '/api/messages/stats')) as RestView['stats'],
    users,
  };
}

/** Whether the condition came true in time. */
async function within(milliseconds: number, condition: () => boolean): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  while (!condition()) {
    if (performance.now() > deadline) return false;
    await delay(20);
  }
  return true;
}
