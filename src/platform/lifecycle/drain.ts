import { Injectable, OnModuleDestroy } from '@nestjs/common';

/** Whether the server is on its way out. Nest calls `onModuleDestroy` first of all hooks, while sockets are still open. */
@Injectable()
export class Drain implements OnModuleDestroy {
  active = false;

  onModuleDestroy(): void {
    this.active = true;
  }
}
