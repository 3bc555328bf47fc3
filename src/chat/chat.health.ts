import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { Drain } from '../platform/lifecycle/drain';
import { Presence } from './presence/presence';
import { PresenceReplication } from './presence/presence-replication';
import { OpenSessions } from './sessions/open-sessions';

/** Health of the gateway: down while the server drains and refuses new connections. */
@Injectable()
export class ChatHealth {
  constructor(
    private readonly sessions: OpenSessions,
    private readonly replication: PresenceReplication,
    private readonly presence: Presence,
    private readonly drain: Drain,
    private readonly indicator: HealthIndicatorService,
  ) {}

  check(): HealthIndicatorResult {
    const check = this.indicator.check('websocket');
    return this.drain.active ? check.down({ message: 'draining' }) : check.up();
  }

  /** Open WebSocket connections, on all replicas. */
  get activeConnections(): number {
    return this.sessions.size + this.replication.connections;
  }

  /** Users present, on all replicas. */
  get usersPresent(): number {
    return this.presence.count;
  }
}
