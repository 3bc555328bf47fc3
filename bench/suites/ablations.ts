import { join } from 'node:path';
import type { Measurement } from '../figures';
import type { Session } from '../session';
import { CHAT, type Target } from '../targets';
import { measureFanOut, nameOf } from './fan-out';

const SIZE = { readers: 100, senders: 20, inFlight: 8 };

const ABLATIONS: readonly Target[] = [
  ablation('batching-off', 'batching off'),
  ablation('write-each-frame', 'a write per frame'),
];

/** The worth of each part of the design: the server with one part disabled. */
export async function ablations(session: Session): Promise<Measurement[]> {
  if (!session.options.targets.includes(CHAT)) return [];
  const name = { suite: 'ablations', case: nameOf(SIZE) };
  return session.withServers([CHAT, ...ABLATIONS], {}, (durable) =>
    session.withServers(
      [{ ...CHAT, name: 'synchronous-normal', title: 'durability off' }],
      { synchronous: 'normal' },
      (other) =>
        session.inTurn(
          name,
          [...durable, ...other],
          (server) => measureFanOut(session, server, SIZE),
          session.fewRounds,
        ),
    ),
  );
}

function ablation(name: string, title: string): Target {
  return { ...CHAT, name, title, preload: [join(__dirname, `../ablations/${name}.js`)] };
}
