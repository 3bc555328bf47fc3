import { type DynamicModule, Module } from '@nestjs/common';
import { AccessModule } from '../access/access.module';
import { SignInController } from './sign-in.controller';

/** Routes that the page at `/` needs besides the chat API. Its files are served ahead of all modules. */
@Module({ imports: [AccessModule] })
export class WebModule {
  /** @param isOn whether the page is served */
  static with(isOn: boolean): DynamicModule {
    return { module: WebModule, controllers: isOn ? [SignInController] : [] };
  }
}
