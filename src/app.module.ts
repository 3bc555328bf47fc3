import { type DynamicModule, Module } from '@nestjs/common';
import { AccessModule } from './access/access.module';
import { ApiDocsModule } from './api-docs/api-docs.module';
import { ChatModule } from './chat/chat.module';
import { ClusterModule } from './cluster/cluster.module';
import { HealthModule } from './health/health.module';
import { clientAddress } from './limits/client-address';
import { LimitsModule } from './limits/limits.module';
import { MessagesModule } from './messages/messages.module';
import { ModerationModule } from './moderation/moderation.module';
import type { HttpOptions } from './platform/http/http-options';
import { MetricsModule } from './platform/metrics/metrics.module';
import { PlatformModule } from './platform/platform.module';
import { trustOf } from './settings/proxy-trust';
import { SettingsModule } from './settings/settings.module';
import type { Settings } from './settings/settings';
import { StatsModule } from './stats/stats.module';
import { createStorage } from './storage/create-storage';
import type { Storage } from './storage/storage';
import { StorageModule } from './storage/storage.module';
import { WebModule } from './web/web.module';

/** The list of modules. */
@Module({
  imports: [
    LimitsModule,
    AccessModule,
    ClusterModule,
    StatsModule,
    MessagesModule,
    ModerationModule,
    ChatModule,
    HealthModule,
  ],
})
export class AppModule {
  static with(settings: Readonly<Settings>): DynamicModule {
    const storage = createStorage(settings);
    return {
      module: AppModule,
      imports: [
        SettingsModule.with(settings),
        PlatformModule.with(httpOptions(settings, storage)),
        StorageModule.with(storage),
        MetricsModule.with({ token: settings.METRICS_TOKEN, port: settings.METRICS_PORT, host: settings.HOST }),
        ApiDocsModule.with(settings.API_DOCS === 'on'),
        WebModule.with(settings.WEB_PAGE === 'on'),
      ],
    };
  }
}

function httpOptions(settings: Readonly<Settings>, storage: Storage): HttpOptions {
  const isTrusted = trustOf(settings.TRUST_PROXY);
  return {
    defaultLanguage: settings.DEFAULT_LANGUAGE,
    accessLog: settings.ACCESS_LOG === 'on',
    clientAddress: (request) => clientAddress(request, isTrusted),
    // Balancers open connections in advance; other clients have no reason to.
    silenceMs: (peer) => (isTrusted(peer, 0) ? settings.KEEP_ALIVE_SECONDS * 1000 : 0),
    isDatabaseOutage: (error) => storage.isOutage(error),
  };
}
