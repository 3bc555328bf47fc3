import { AppError } from '../platform/errors/app-error';
import { Slots } from './slots';

/** A task that the test ends. */
function work() {
  let end!: () => void;
  const promise = new Promise<void>((resolve) => (end = resolve));
  return { promise, end };
}

describe('Slots', () => {
  it('runs up to its number of tasks, lets a bounded number wait, and refuses the rest', async () => {
    const slots = new Slots(2, 1);
    const begun: number[] = [];
    const works = [work(), work(), work(), work()];
    const run = (index: number) =>
      slots.run(() => {
        begun.push(index);
        return works[index]!.promise;
      });
    const results = [run(0), run(1), run(2)];
    await expect(run(3)).rejects.toBeInstanceOf(AppError);
    expect(begun).toEqual([0, 1]);
    works[1]!.end();
    await results[1];
    works[2]!.end();
    await results[2];
    expect(begun).toEqual([0, 1, 2]);
    works[0]!.end();
    await results[0];
    await slots.run(() => Promise.resolve());
  });

  it('frees the slot of a task that failed', async () => {
    const slots = new Slots(1, 10);
    const failing = slots.run(() => Promise.reject(new Error('no')));
    const next = slots.run(() => Promise.resolve('yes'));
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
    expect(await slots.run(() => Promise.resolve('again'))).toBe('again');
  });
});
