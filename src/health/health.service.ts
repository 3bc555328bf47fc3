import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, ServiceUnavailableException } from '@nestjs/common';
import { HealthCheckService, type HealthCheckResult, type HealthIndicatorFunction } from '@nestjs/terminus';
import { AccessHealth } from '../access/access.health';
import { ChatHealth } from '../chat/chat.health';
import { ClusterHealth } from '../cluster/cluster.health';
import { Clock } from '../platform/lifecycle/clock';
import { Drain } from '../platform/lifecycle/drain';
import { wireTimestamp } from '../platform/text/timestamps';
import { APP_NAME, APP_VERSION } from '../settings/version';
import { DatabaseHealth } from '../storage/database.health';
import { MessageLogHealth } from '../messages/log/message-log.health';
import { MessagesService } from '../messages/messages.service';
import type { DatabaseStatus, HealthResponse, StatusResponse } from './health.dto';
import { memoryUsage } from './memory-usage';
import { formatUptime } from './uptime';

/** Time the database may take to answer `/status`, in milliseconds. */
const DATABASE_TIMEOUT_MS = 1_500;

/** Collects the reports of the other modules about themselves. Must not look into them. */
@Injectable()
export class HealthService {
  private readiness: Promise<HealthCheckResult> | undefined;

  constructor(
    private readonly health: HealthCheckService,
    private readonly database: DatabaseHealth,
    private readonly log: MessageLogHealth,
    private readonly chat: ChatHealth,
    private readonly cluster: ClusterHealth,
    private readonly access: AccessHealth,
    private readonly messages: MessagesService,
    private readonly drain: Drain,
    private readonly clock: Clock,
  ) {}

  /** Depends on nothing else: shows only that the process answers. */
  healthy(): HealthResponse {
    return { status: 'healthy', app: APP_NAME, timestamp: wireTimestamp(this.clock.now()), version: APP_VERSION };
  }

  async status(): Promise<StatusResponse> {
    const database = await this.databaseStatus();
    return {
      ...this.healthy(),
      status: database.status === 'connected' ? 'healthy' : 'unhealthy',
      database,
      websocket: { active_connections: this.chat.activeConnections, status: this.drain.active ? 'draining' : 'active' },
      system: { uptime: formatUptime(process.uptime()), memory_usage: memoryUsage() },
    };
  }

  /** The result of Terminus, even if unhealthy. */
  live(): Promise<HealthCheckResult> {
    return this.check([]);
  }

  /**
   * The result of Terminus, even if unhealthy. One check serves all requests that arrive meanwhile: probes have no rate limit.
   */
  ready(): Promise<HealthCheckResult> {
    this.readiness ??= this.check([
      () => this.database.check(),
      () => this.log.check(),
      () => this.chat.check(),
      () => this.cluster.check(),
      ...(this.access.isRelevant ? [() => this.access.check()] : []),
    ]).finally(() => (this.readiness = undefined));
    return this.readiness;
  }

  private async check(indicators: HealthIndicatorFunction[]): Promise<HealthCheckResult> {
    try {
      return await this.health.check(indicators);
    } catch (error) {
      if (error instanceof ServiceUnavailableException) return error.getResponse() as HealthCheckResult;
      throw error;
    }
  }

  private async databaseStatus(): Promise<DatabaseStatus> {
    const timeout = new AbortController();
    try {
      const count = await Promise.race([
        this.messages.total(),
        delay(DATABASE_TIMEOUT_MS, undefined, { ref: false, signal: timeout.signal }),
      ]);
      if (count === undefined) throw new Error('the database takes too long');
      return { message_count: count, status: this.log.canWrite ? 'connected' : 'read_only' };
    } catch {
      return { message_count: null, status: 'disconnected' };
    } finally {
      timeout.abort();
    }
  }
}
