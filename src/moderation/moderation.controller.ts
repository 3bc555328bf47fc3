import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Requires } from '../platform/http/route-access';
import { ApiErrors } from '../platform/http/api-errors.decorator';
import { LogQuery, LogResponse, SanctionsQuery, SanctionsResponse } from './moderation.dto';
import { ModerationService } from './moderation.service';

/** Current mutes and bans, and the moderation log. */
@ApiTags('moderation')
@Controller('api/moderation')
export class ModerationController {
  constructor(private readonly moderation: ModerationService) {}

  @Get('users')
  @Requires('moderate')
  @ApiOperation({ summary: 'Mutes and bans in force' })
  @ApiOkResponse({ type: SanctionsResponse })
  @ApiErrors('BAD_REQUEST', 'NOT_FOUND', 'VALIDATION_ERROR')
  users(@Query() query: SanctionsQuery): Promise<SanctionsResponse> {
    return this.moderation.users(query);
  }

  @Get('log')
  @Requires('moderate')
  @ApiOperation({ summary: 'The moderation log; append-only' })
  @ApiOkResponse({ type: LogResponse })
  @ApiErrors('BAD_REQUEST', 'NOT_FOUND', 'VALIDATION_ERROR')
  log(@Query() query: LogQuery): Promise<LogResponse> {
    return this.moderation.log(query);
  }
}
