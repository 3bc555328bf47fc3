import { setTimeout as delay } from 'node:timers/promises';
import { V2Client } from './v2-client';

/** Only reads; occasionally stalls, stays away, or sends `ping`. */
export class Reader extends V2Client {
  private isLazy = true;

  override start(): void {
    super.start();
    void this.misbehave();
  }

  /** Reads continuously from now on. */
  calmDown(): void {
    this.isLazy = false;
  }

  protected override closed(): void {
    super.closed();
    // Long enough to fall behind by more than REPLAY_LIMIT.
    if (this.isLazy && this.random.chance(0.25)) this.comeBackAfter ??= this.random.whole(1_500, 4_000);
  }

  private async misbehave(): Promise<void> {
    while (!this.isStopped) {
      await delay(this.random.whole(100, 600));
      if (this.isReady) this.send({ type: 'ping' });
      if (this.isLazy && this.random.chance(0.15)) this.stall(this.random.whole(300, 5_000));
    }
  }
}
