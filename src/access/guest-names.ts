import { Injectable } from '@nestjs/common';
import { Authors } from './authors';
import { bareName, type Identity } from './identity';

/** Checks guests' names: without the mark, none may look like an author's. Must not know how a name arrived. */
@Injectable()
export class GuestNames {
  constructor(private readonly authors: Authors) {}

  /**
   * @param username in the stored form
   * @returns undefined for identities other than guests; else rejects with AppError `name_lookalike` or `database_down`
   */
  check({ kind }: Identity, username: string): Promise<void> | undefined {
    return kind === 'guest' ? this.authors.requireDistinct(bareName(username)) : undefined;
  }
}
