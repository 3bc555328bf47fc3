import { DynamicModule, Module } from '@nestjs/common';
import { ApiDocsModule } from './api-docs/api-docs.module';
import { ChatModule } from './chat/chat.module';
import { ClusterModule } from './cluster/cluster.module';
import { PlatformModule } from './platform/platform.module';
import { SettingsModule } from './settings/settings.module';
import type { Settings } from './settings/settings';
import { StorageModule } from './storage/storage.module';
import { HealthModule } from './health/health.module';
import { LimitsModule } from './limits/limits.module';
import { MetricsModule } from './platform/metrics/metrics.module';
import { MessagesModule } from './messages/messages.module';
import { StatsModule } from './stats/stats.module';

/** The list of modules. */
@Module({
  imports: [
    PlatformModule,
    MetricsModule,
    LimitsModule,
    StorageModule,
    ClusterModule,
    StatsModule,
    MessagesModule,
    ChatModule,
    HealthModule,
    ApiDocsModule,
  ],
})
export class AppModule {
  static with(settings: Readonly<Settings>): DynamicModule {
    return { module: AppModule, imports: [SettingsModule.with(settings)] };
  }
}
