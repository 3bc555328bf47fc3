import { DatabaseError } from 'pg';
import { StartupError } from '../../platform/errors/startup-error';
import { driverError } from '../../storage/driver-error';
import { codeOf, postgresFault } from '../../storage/postgres/fault';
import { sqliteFault } from '../../storage/sqlite/fault';

/** The move cannot begin or go on, and its message alone tells the operator why: no stack trace is wanted. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
}

/** Does something with a database; what is wrong with that one becomes a `Refusal` that begins with its name. */
export async function explained<Result>(name: string, work: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw refusalOf(name, error) ?? error;
  }
}

function refusalOf(name: string, error: unknown): Refusal | undefined {
  if (error instanceof Refusal) return undefined;
  if (error instanceof StartupError) return new Refusal(`${name}: ${error.message}`);
  const fault = sqliteFault(error);
  if (fault !== undefined) return new Refusal(`${name}: ${fault}`);
  // PostgreSQL's own words may quote a value, which is somebody's message.
  const passing = postgresFault(error) ?? (driverError(error) instanceof DatabaseError && 'it refused a statement');
  return passing ? new Refusal(`${name}: ${passing} (${codeOf(error)})`) : undefined;
}
