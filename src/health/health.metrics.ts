import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ChatHealth } from '../chat/chat.health';
import { withDeadline } from '../platform/lifecycle/deadline';
import { Metrics } from '../platform/metrics/metrics';
import { LimitsSettings } from '../settings/sections/limits.settings';
import { Settings } from '../settings/settings';
import { APP_VERSION } from '../settings/version';
import { DatabaseHealth } from '../storage/database.health';

/** Time the database may take to answer a scrape, in milliseconds. */
const DATABASE_TIMEOUT_MS = 1_500;

/** Figures about the server as a whole in `/metrics`: its build, its limits, its database and its users. */
@Injectable()
export class HealthMetrics implements OnModuleInit {
  private databaseUp: Promise<number> | undefined;

  constructor(
    private readonly metrics: Metrics,
    private readonly settings: Settings,
    private readonly database: DatabaseHealth,
    private readonly chat: ChatHealth,
  ) {}

  onModuleInit(): void {
    const { metrics } = this;
    metrics.info('chat_build_info', 'Version of the server and of Node', {
      version: APP_VERSION,
      node: process.version,
    });
    metrics.gauge('chat_database_up', 'Whether the database answers and has the schema', () => this.isDatabaseUp());
    metrics.gauge('chat_users_present', 'Users present, on all replicas', () => this.chat.usersPresent);
    metrics.gaugeBy('chat_limit', 'Limits by setting; 0: no limit', 'setting', () => this.limits());
  }

  /** One check serves all scrapes that arrive meanwhile: `/metrics` has no rate limit. */
  private isDatabaseUp(): Promise<number> {
    this.databaseUp ??= withDeadline(this.database.check(), DATABASE_TIMEOUT_MS, 'the database')
      .then(
        ({ database }) => Number(database?.status === 'up'),
        () => 0,
      )
      .finally(() => (this.databaseUp = undefined));
    return this.databaseUp;
  }

  private limits(): Record<string, number> {
    const names = Object.keys(new LimitsSettings()) as (keyof LimitsSettings)[];
    return Object.fromEntries(
      names.flatMap((name) => {
        const value = this.settings[name];
        return typeof value === 'number' ? [[name, value]] : [];
      }),
    );
  }
}
