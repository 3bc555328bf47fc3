import { Controller, Get, Header, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';
import { Registry } from 'prom-client';
import { Public } from '../http/route-access';
import { Probe } from '../http/route-marks';
import { Metrics } from './metrics';
import { MetricsOptions } from './metrics-options';
import { requireMetricsToken } from './metrics-token';

/** For scrapers, which are not users: they have a separate token. */
@ApiExcludeController()
@Probe()
@Public()
@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    private readonly options: MetricsOptions,
  ) {}

  @Get()
  @Header('Content-Type', Registry.PROMETHEUS_CONTENT_TYPE)
  read(@Req() request: Request): Promise<string> {
    requireMetricsToken(request, this.options.token);
    return this.metrics.text();
  }
}
