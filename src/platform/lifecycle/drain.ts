import { Injectable, OnModuleDestroy } from '@nestjs/common';

/** Whether the server is shutting down. `onModuleDestroy` is Nest's first shutdown hook: sockets are still open. */
@Injectable()
export class Drain implements OnModuleDestroy {
  active = false;

  onModuleDestroy(): void {
    this.active = true;
  }
}
