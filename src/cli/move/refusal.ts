import { StartupError } from '../../platform/errors/startup-error';
import type { Storage } from '../../storage/storage';

/** The move cannot begin or go on. The message alone tells the operator why, so no stack trace is printed. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** Does something with a database, and turns its failures into a `Refusal` that begins with the database's name. */
export async function explained<Result>(storage: Storage, work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw refusalOf(storage, error) ?? error;
  }
}

function refusalOf(storage: Storage, error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return undefined;
  const reason = error instanceof StartupError ? error.message : storage.describeFailure(error);
  return reason === undefined ? undefined : new Refusal(`${storage.name}: ${reason}`);
}
