import type { Logger } from '@nestjs/common';

/** Says once that something does not work, and once that it works again, however often it is tried meanwhile. */
export class OutageLog {
  private isOut = false;

  constructor(private readonly logger: Logger) {}

  failed(text: string): void {
    if (!this.isOut) this.logger.error(text);
    this.isOut = true;
  }

  recovered(text: string): void {
    if (this.isOut) this.logger.log(text);
    this.isOut = false;
  }
}
