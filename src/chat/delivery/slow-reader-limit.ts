import { Injectable } from '@nestjs/common';
import { Settings } from '../../settings/settings';

/** What may wait for a reader while little memory is left, in bytes. */
const TIGHT_BYTES = 65_536;

/** Unsent bytes beyond which a reader gets no live messages and is caught up from the log; less while much waits for all of them. */
@Injectable()
export class SlowReaderLimit {
  bytes: number;

  constructor(private readonly settings: Settings) {
    this.bytes = settings.SLOW_CONSUMER_BYTES;
  }

  set isTight(isTight: boolean) {
    const { SLOW_CONSUMER_BYTES: usual } = this.settings;
    this.bytes = isTight ? Math.min(usual, TIGHT_BYTES) : usual;
  }
}
