import { DynamicModule, Global, Module } from '@nestjs/common';
import { AllowedOrigins } from './origins';
import { trustOf } from './proxy-trust';
import { Settings } from './settings';

/** Provides the frozen `Settings`, and objects derived from them once. */
@Global()
@Module({})
export class SettingsModule {
  static with(settings: Readonly<Settings>): DynamicModule {
    return {
      module: SettingsModule,
      providers: [
        { provide: Settings, useValue: settings },
        {
          provide: AllowedOrigins,
          useValue: new AllowedOrigins(settings.ALLOWED_ORIGINS, trustOf(settings.TRUST_PROXY)),
        },
      ],
      exports: [Settings, AllowedOrigins],
    };
  }
}
