import { DynamicModule, Module } from '@nestjs/common';
import { ChatModule } from './chat/chat.module';
import { ClusterModule } from './cluster/cluster.module';
import { CommonModule } from './common/common.module';
import { ConfigModule } from './config/config.module';
import type { Settings } from './config/settings';
import { DatabaseModule } from './database/database.module';
import { HealthModule } from './health/health.module';
import { LimitsModule } from './limits/limits.module';
import { MetricsModule } from './metrics/metrics.module';
import { MessagesModule } from './messages/messages.module';
import { StatsModule } from './stats/stats.module';

/** The floor plan. */
@Module({
  imports: [
    CommonModule,
    MetricsModule,
    LimitsModule,
    DatabaseModule,
    ClusterModule,
    StatsModule,
    MessagesModule,
    ChatModule,
    HealthModule,
  ],
})
export class AppModule {
  static with(settings: Readonly<Settings>): DynamicModule {
    return { module: AppModule, imports: [ConfigModule.with(settings)] };
  }
}
