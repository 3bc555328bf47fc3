import { StartupError } from '../../platform/errors/startup-error';
import type { Storage } from '../../storage/storage';

/** The move cannot start or continue. The message is for the operator, and printed without a stack trace. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** Runs work on a database, and turns its failures into a `Refusal` that begins with the database's name. */
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
