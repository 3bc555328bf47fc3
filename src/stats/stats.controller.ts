import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { ApiErrors } from '../platform/http/api-errors.decorator';
import { StatsResponse } from './stats.dto';
import { StatsService } from './stats.service';
import { Requires } from '../platform/http/route-access';

@ApiTags('messages')
@Requires('read')
@Controller('api/messages/stats')
export class StatsController {
  constructor(private readonly stats: StatsService) {}

  @Get()
  @ApiOperation({ summary: 'Statistics over all messages' })
  @ApiOkResponse({ type: StatsResponse })
  @ApiErrors()
  overview(): Promise<StatsResponse> {
    return this.stats.overview();
  }
}
