import { Controller, Get, HttpStatus, Res } from '@nestjs/common';
import {
  ApiInternalServerErrorResponse,
  ApiOkResponse,
  ApiOperation,
  ApiServiceUnavailableResponse,
  ApiTags,
} from '@nestjs/swagger';
import { HealthCheck, type HealthCheckResult, type HealthCheckStatus } from '@nestjs/terminus';
import type { Response } from 'express';
import { ErrorResponse } from '../platform/errors/error-response';
import { AnsweredWhileDraining, Probe } from '../platform/http/route-marks';
import { HealthResponse, StatusResponse } from './health.dto';
import { HealthService } from './health.service';
import { Public } from '../platform/http/route-access';

@ApiTags('health')
@ApiInternalServerErrorResponse({ type: ErrorResponse })
@Public()
@Controller()
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get('health')
  @Probe()
  @ApiOperation({ summary: 'Whether the process answers' })
  @ApiOkResponse({ type: HealthResponse })
  healthy(): HealthResponse {
    return this.health.healthy();
  }

  @Get('status')
  @AnsweredWhileDraining()
  @ApiOperation({ summary: 'The state of database, WebSockets and process' })
  @ApiOkResponse({ type: StatusResponse })
  @ApiServiceUnavailableResponse({
    type: StatusResponse,
    description: 'The database does not answer or takes no writes',
  })
  async status(@Res({ passthrough: true }) response: Response): Promise<StatusResponse> {
    const status = await this.health.status();
    if (status.status !== 'healthy') response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return status;
  }

  @Get('health/live')
  @Probe()
  @ApiOperation({ summary: 'Liveness probe' })
  @HealthCheck()
  live(@Res({ passthrough: true }) response: Response): Promise<HealthCheckResult> {
    return this.answer(response, this.health.live(), ['ok', 'shutting_down']);
  }

  @Get('health/ready')
  @Probe()
  @ApiOperation({ summary: 'Readiness probe: database, message log, not draining' })
  @HealthCheck()
  ready(@Res({ passthrough: true }) response: Response): Promise<HealthCheckResult> {
    return this.answer(response, this.health.ready(), ['ok', 'degraded']);
  }

  private async answer(
    response: Response,
    check: Promise<HealthCheckResult>,
    good: HealthCheckStatus[],
  ): Promise<HealthCheckResult> {
    const result = await check;
    if (!good.includes(result.status)) response.status(HttpStatus.SERVICE_UNAVAILABLE);
    return result;
  }
}
