import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE, DiscoveryModule } from '@nestjs/core';
import { AccessLog } from './http/access-log';
import { AnswersInProgress } from './http/answers-in-progress';
import { HttpErrorFilter } from './http/http-error.filter';
import { HttpOptions } from './http/http-options';
import { RefuseWhileDraining } from './http/refuse-while-draining';
import { Routes } from './http/routes';
import { UnreadableHttp } from './http/unreadable-http';
import { HttpValidationPipe } from './http/validation.pipe';
import { Clock } from './lifecycle/clock';
import { Drain } from './lifecycle/drain';

/** Time, shutdown state, and the HTTP behaviour shared by all routes: errors, validation, middleware. */
@Global()
@Module({})
export class PlatformModule {
  static with(options: HttpOptions): DynamicModule {
    return {
      module: PlatformModule,
      imports: [DiscoveryModule],
      providers: [
        { provide: HttpOptions, useValue: options },
        { provide: APP_FILTER, useClass: HttpErrorFilter },
        { provide: APP_PIPE, useClass: HttpValidationPipe },
        AccessLog,
        AnswersInProgress,
        Clock,
        Drain,
        RefuseWhileDraining,
        Routes,
        UnreadableHttp,
      ],
      exports: [AccessLog, AnswersInProgress, Clock, Drain, HttpOptions, RefuseWhileDraining, Routes],
    };
  }
}
