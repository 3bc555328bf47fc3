import { AppendTransaction } from '../../src/storage/sqlite/append';

/** One commit in EVERY, per thread, takes STALL_MS longer. */
const EVERY = 40;
const STALL_MS = 100;

const never = new Int32Array(new SharedArrayBuffer(4));
const append = Object.getOwnPropertyDescriptor(AppendTransaction.prototype, 'append')!.value as (
  this: AppendTransaction,
  ...batch: Parameters<AppendTransaction['append']>
) => ReturnType<AppendTransaction['append']>;
let commits = 0;

/** Preloaded into each thread of the server: a disk that stalls now and then. */
AppendTransaction.prototype.append = function (batch) {
  if (++commits % EVERY === 0) Atomics.wait(never, 0, 0, STALL_MS);
  return append.call(this, batch);
};
