import { DynamicModule, Global, Module } from '@nestjs/common';
import { Settings } from './settings';

/** Provides the one frozen `Settings`. */
@Global()
@Module({})
export class ConfigModule {
  static with(settings: Readonly<Settings>): DynamicModule {
    return { module: ConfigModule, providers: [{ provide: Settings, useValue: settings }], exports: [Settings] };
  }
}
