import { type DynamicModule, Global, Module } from '@nestjs/common';
import { HttpMetrics } from './http-metrics';
import { Metrics } from './metrics';
import { MetricsController } from './metrics.controller';
import { MetricsOptions } from './metrics-options';
import { MetricsServer } from './metrics-server';

/** The metrics and their endpoint: `/metrics` on the main port, or on a separate one. */
@Global()
@Module({})
export class MetricsModule {
  static with(options: MetricsOptions): DynamicModule {
    const hasOwnPort = options.port > 0;
    return {
      module: MetricsModule,
      controllers: hasOwnPort ? [] : [MetricsController],
      providers: [
        { provide: MetricsOptions, useValue: options },
        HttpMetrics,
        Metrics,
        ...(hasOwnPort ? [MetricsServer] : []),
      ],
      exports: [HttpMetrics, Metrics],
    };
  }
}
