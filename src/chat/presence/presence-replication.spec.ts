import { NamesInUse } from '../../access/names-in-use';
import { Logger } from '@nestjs/common';
import { ManualClock } from '../../../test/support/manual-clock';
import { MemoryNetwork } from '../../../test/support/memory-network';
import { COMMITTED } from '../../messages/feed/broadcast-batch';
import { Metrics } from '../../platform/metrics/metrics';
import { PRESENCE, type PresenceMessage } from './presence-messages';
import { PresenceReplication } from './presence-replication';
import { Roster } from './roster';

beforeAll(() => {
  Logger.overrideLogger(false);
});

const SILENCE_MS = 15_000;
/** Time in ms until a user who left is no longer present. */
const GRACE_MS = 3_000;

let clock: ManualClock;
let network: MemoryNetwork;
beforeEach(() => {
  clock = new ManualClock();
  network = new MemoryNetwork();
});

/** One replica without sockets: its roster, and the presence messages it receives. */
class Replica {
  readonly bus = network.join();
  readonly roster = new Roster([], clock, 10_000, new NamesInUse());
  readonly local = { size: 0 };
  readonly replication = new PresenceReplication(this.bus, this.roster, this.local, clock, new Metrics());
  readonly received: PresenceMessage[] = [];

  constructor() {
    this.bus.subscribe<PresenceMessage>(PRESENCE, (message, from) => {
      if (from !== undefined) this.received.push(message!);
    });
  }

  static async start(...names: string[]): Promise<Replica> {
    const replica = new Replica();
    const started = replica.replication.start();
    await clock.advance(250);
    await started;
    for (const name of names) replica.join(name);
    await clock.advance(100);
    return replica;
  }

  join(name: string): void {
    this.local.size++;
    this.replication.changed(name, true);
    this.roster.add([name]);
  }

  leave(name: string): void {
    this.local.size--;
    this.replication.changed(name, false);
    this.roster.remove([name]);
  }

  get present(): string[] {
    return JSON.parse(this.roster.list) as string[];
  }

  receivedOf(kind: PresenceMessage['kind']): PresenceMessage[] {
    return this.received.filter((message) => message.kind === kind);
  }
}

it('shows users and connections of all replicas on each, including replicas that started earlier', async () => {
  const a = await Replica.start('max');
  const b = await Replica.start('eva', 'max');
  await clock.advance(300);
  for (const { present } of [a, b]) expect(present).toEqual(['eva', 'max']);
  expect([a.replication.connections, b.replication.connections]).toEqual([2, 1]);
  b.leave('max');
  await clock.advance(GRACE_MS);
  expect(a.present).toEqual(['eva', 'max']);
  a.leave('max');
  await clock.advance(GRACE_MS);
  for (const { present } of [a, b]) expect(present).toEqual(['eva']);
  expect([a.replication.connections, b.replication.connections]).toEqual([1, 0]);
});

it('broadcasts changes within 50 ms together, and before its own batch of messages', async () => {
  const [a, b] = [await Replica.start(), await Replica.start()];
  b.received.length = 0;
  a.join('max');
  a.join('eva');
  await clock.advance(49);
  expect(b.receivedOf('change')).toEqual([]);
  await clock.advance(1);
  expect(b.receivedOf('change')).toMatchObject([
    {
      users: [
        ['max', true],
        ['eva', true],
      ],
    },
  ]);
  const order: string[] = [];
  b.bus.subscribe(PRESENCE, (message: PresenceMessage | undefined) => void order.push(message!.kind));
  b.bus.subscribe(COMMITTED, () => void order.push('batch'));
  a.join('jan');
  a.bus.publish(COMMITTED, []);
  await clock.advance(0);
  expect(order).toEqual(['change', 'batch']);
});

it('sends heartbeats every 3 s, and a changed number of connections within 250 ms', async () => {
  const [a, b] = [await Replica.start(), await Replica.start()];
  await clock.advance(3_000);
  b.received.length = 0;
  await clock.advance(9_000);
  expect(b.received).toEqual(Array(3).fill({ kind: 'beat', sequence: 0, connections: 0 }));
  a.local.size = 7;
  await clock.advance(250);
  expect(b.replication.connections).toBe(7);
});

it('repairs lost changes with a snapshot, in parts for many users', async () => {
  const [a, b] = [await Replica.start('max'), await Replica.start()];
  network.accepts = (_topic, payload) => (payload as PresenceMessage).kind !== 'change';
  const names = Array.from({ length: 1_200 }, (_, i) => `u${i}`);
  for (const name of names) a.join(name);
  a.leave('max');
  await clock.advance(100);
  network.accepts = () => true;
  b.received.length = 0;
  // The next heartbeat reveals the missing changes.
  await clock.advance(3_100 + GRACE_MS);
  expect(b.present).toEqual(names.sort());
  expect(b.receivedOf('account')).toHaveLength(3);
});

it('answers snapshot requests at about the same time with one snapshot', async () => {
  const [a, b, c] = [await Replica.start('max'), await Replica.start(), await Replica.start()];
  c.received.length = 0;
  for (const { bus } of [b, c]) bus.publish(PRESENCE, { kind: 'ask', of: a.bus.replicaId });
  await clock.advance(100);
  expect(c.receivedOf('account')).toMatchObject([{ names: ['max'] }]);
});

it('forgets a replica after four missed heartbeats, and not sooner', async () => {
  const [a, b] = [await Replica.start('max', 'eva'), await Replica.start('eva')];
  a.bus.kill();
  await clock.advance(9_000);
  expect(b.present).toEqual(['eva', 'max']);
  await clock.advance(SILENCE_MS - 9_000);
  expect(b.present).toEqual(['eva']);
  expect(b.replication.connections).toBe(0);
});

it('forgets no user while the bus is lost, and catches up when it returns', async () => {
  const [a, b] = [await Replica.start('max', 'eva'), await Replica.start()];
  b.bus.connect(false);
  a.leave('max');
  a.join('jan');
  await clock.advance(4 * SILENCE_MS);
  expect(b.present).toEqual(['eva', 'max']);
  b.bus.connect(true);
  await clock.advance(GRACE_MS + 100);
  expect(b.present).toEqual(['eva', 'jan']);
});

it('removes the users of a replica that shuts down after the grace period', async () => {
  const [a, b] = [await Replica.start('max'), await Replica.start()];
  a.join('too late to tell');
  a.replication.stop();
  await clock.advance(2_000);
  expect(b.present).toEqual(['max']);
  await clock.advance(1_000);
  expect([b.present, b.replication.connections]).toEqual([[], 0]);
  b.received.length = 0;
  await clock.advance(SILENCE_MS);
  expect(b.received).toEqual([]);
});

it('broadcasts typing after the changes before it', async () => {
  const [a, b] = [await Replica.start(), await Replica.start()];
  const type = jest.spyOn(b.roster, 'type');
  a.join('max');
  a.replication.typed('max');
  await clock.advance(0);
  expect(type.mock.results).toMatchObject([{ value: true }]);
});
