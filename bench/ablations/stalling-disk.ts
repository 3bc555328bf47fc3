import { AppendTransaction } from '../../src/storage/sqlite/append';

/** Every so many commits, on whichever thread, the disk takes so long (in milliseconds). */
const EVERY = 40;
const STALL_MS = 100;

const never = new Int32Array(new SharedArrayBuffer(4));
const append = Object.getOwnPropertyDescriptor(AppendTransaction.prototype, 'append')!.value as (
  this: AppendTransaction,
  ...batch: Parameters<AppendTransaction['append']>
) => ReturnType<AppendTransaction['append']>;
let commits = 0;

/** Loaded before the server, into each of its threads: a disk that is busy with something else now and then. */
AppendTransaction.prototype.append = function (batch) {
  if (++commits % EVERY === 0) Atomics.wait(never, 0, 0, STALL_MS);
  return append.call(this, batch);
};
