import { Injectable } from '@nestjs/common';

/**
 * Whether a batch of this replica is being appended. The batch can be in the database before its senders are acknowledged; a
 * reader of the database must not deliver it first.
 */
@Injectable()
export class InFlightAppend {
  private isActive = false;
  private waiting: (() => void)[] = [];

  begin(): void {
    this.isActive = true;
  }

  /** The batch was delivered to the readers, or not stored. */
  end(): void {
    this.isActive = false;
    if (this.waiting.length === 0) return;
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  /** Resolves when the batch in flight at the call has ended. */
  async settled(): Promise<void> {
    if (this.isActive) await new Promise<void>((resolve) => this.waiting.push(resolve));
  }
}
