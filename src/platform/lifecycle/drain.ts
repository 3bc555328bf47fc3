import { Injectable, OnModuleDestroy } from '@nestjs/common';

/** Whether the server is shutting down. Set in Nest's first shutdown hook, while sockets are still open. */
@Injectable()
export class Drain implements OnModuleDestroy {
  active = false;

  onModuleDestroy(): void {
    this.active = true;
  }
}
