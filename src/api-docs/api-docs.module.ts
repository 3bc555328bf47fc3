import { type DynamicModule, Module } from '@nestjs/common';
import { AsyncApiController } from './async-api.controller';

@Module({})
export class ApiDocsModule {
  /** @param isOn whether the documents are served */
  static with(isOn: boolean): DynamicModule {
    return { module: ApiDocsModule, controllers: isOn ? [AsyncApiController] : [] };
  }
}
