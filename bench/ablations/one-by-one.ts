import 'reflect-metadata';

type BatchMethod = (batch: readonly unknown[]) => unknown;

/** Makes a method that takes a batch process its elements one by one. */
export function oneByOne(owner: { readonly prototype: object; readonly name: string }, name: string): void {
  const prototype = owner.prototype as Record<string, BatchMethod | undefined>;
  const original = prototype[name];
  if (!original) throw new Error(`${owner.name} has no method ${name} any more`);
  prototype[name] = function (this: unknown, batch) {
    let done: unknown;
    for (const one of batch) {
      const next = () => original.call(this, [one]);
      done = done instanceof Promise ? done.then(next) : next();
    }
    return done;
  };
}
