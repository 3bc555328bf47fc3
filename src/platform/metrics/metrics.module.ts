import { Global, Module } from '@nestjs/common';
import { HttpMetrics } from './http-metrics';
import { Metrics } from './metrics';
import { MetricsController } from './metrics.controller';

@Global()
@Module({
  controllers: [MetricsController],
  providers: [HttpMetrics, Metrics],
  exports: [HttpMetrics, Metrics],
})
export class MetricsModule {}
