import { once } from 'node:events';
import { BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Settings } from '../config/settings';
import { MessageLog } from '../messages/message-log';
import { CLOSE } from './connection';
import { Hub } from './hub';

/** The share of the grace that readers get to take what is theirs; the rest is for closing the server. */
const READERS_SHARE = 0.8;

/** The end of all connections: everything accepted is committed and delivered, then each socket is closed with 1012. */
@Injectable()
export class Farewell implements BeforeApplicationShutdown {
  private readonly logger = new Logger('Chat');

  constructor(
    private readonly settings: Settings,
    private readonly log: MessageLog,
    private readonly hub: Hub,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    const late = setTimeout(() => this.cutOff(), this.settings.SHUTDOWN_GRACE_SECONDS * 1000 * READERS_SHARE);
    await this.log.flushed();
    const sockets = [...this.hub.connections()].map(({ socket }) => socket);
    const closed = Promise.all(sockets.map((socket) => once(socket, 'close')));
    for (const socket of sockets) socket.close(CLOSE.restart, 'server restarts');
    await closed;
    clearTimeout(late);
  }

  private cutOff(): void {
    this.logger.warn(`${this.hub.size} connections did not take what was theirs in time and are cut off`);
    for (const { socket } of this.hub.connections()) socket.terminate();
  }
}
