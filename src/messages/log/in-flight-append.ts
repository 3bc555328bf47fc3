import { Injectable } from '@nestjs/common';

/**
 * Whether this replica's own batch is on its way. It can be in the database before its senders have heard of it; who
 * reads the database meanwhile must not be the first to tell.
 */
@Injectable()
export class InFlightAppend {
  private isActive = false;
  private waiting: (() => void)[] = [];

  begin(): void {
    this.isActive = true;
  }

  /** The batch was given to the readers, or was not stored. */
  end(): void {
    this.isActive = false;
    if (this.waiting.length === 0) return;
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** Resolves when the batch that is under way now is not any more. */
  async settled(): Promise<void> {
    if (this.isActive) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}
