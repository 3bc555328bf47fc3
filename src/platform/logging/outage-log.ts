import type { Logger } from '@nestjs/common';

/** Logs the beginning and the end of an outage once each, however many attempts fail in between. */
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
