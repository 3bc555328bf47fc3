import { settled } from '../../test/support/manual-clock';
import { Outbox } from './outbox';

/** A server that accepts frames when told to. */
class Server {
  readonly requests: (readonly string[])[] = [];
  private answers: { accept: () => void; fail: (error: Error) => void }[] = [];

  send(frames: readonly string[]): Promise<void> {
    this.requests.push(frames);
    return new Promise((accept, fail) => this.answers.push({ accept, fail }));
  }

  async accept(): Promise<void> {
    this.answers.shift()!.accept();
    await settled();
  }

  async fail(error: Error): Promise<void> {
    this.answers.shift()!.fail(error);
    await settled();
  }
}

function newOutbox() {
  const [server, sent, failures] = [new Server(), [] as number[], [] as Error[]];
  const outbox = new Outbox(
    server,
    (frames) => sent.push(frames),
    (error) => failures.push(error),
  );
  return { outbox, server, sent, failures };
}

it('sends frames put during a request as one next request, in order', async () => {
  const { outbox, server, sent } = newOutbox();
  for (const frame of ['a', 'b', 'c']) expect(outbox.put(frame)).toBe(true);
  expect(outbox.waiting).toBe(2);
  await server.accept();
  await server.accept();
  expect(server.requests).toEqual([['a'], ['b', 'c']]);
  expect(sent).toEqual([1, 2]);
  await outbox.flushed();
});

it('drops frames beyond its bound, and accepts them again when there is space', async () => {
  const { outbox, server } = newOutbox();
  const frame = 'x'.repeat(5 * 1024 * 1024);
  expect([outbox.put('first'), outbox.put(frame), outbox.put(frame)]).toEqual([true, true, false]);
  await server.accept();
  expect(outbox.put(frame)).toBe(true);
});

it('reports a failure once and stops', async () => {
  const { outbox, server, failures } = newOutbox();
  outbox.put('a');
  outbox.put('b');
  await server.fail(new Error('lost'));
  await outbox.flushed();
  expect(failures.map(({ message }) => message)).toEqual(['lost']);
  expect(server.requests).toEqual([['a']]);
});
