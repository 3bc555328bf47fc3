import { Controller, Delete, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiBody, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import { identityOf } from '../access/request-identity';
import { Requires } from '../platform/http/route-access';
import { ApiErrors } from '../platform/http/api-errors.decorator';
import { DisconnectBody, SanctionBody, SanctionDto } from './moderation.dto';
import { ModerationService } from './moderation.service';
import { JsonBody } from './json-body.decorator';

/** Mutes, bans and disconnections of one user. */
@ApiTags('moderation')
@ApiParam({
  name: 'username',
  description: 'Percent-encoded; trimmed and normalised as names are',
  example: 'max_mustermann',
})
@Controller('api/users/:username')
export class UsersController {
  constructor(private readonly moderation: ModerationService) {}

  @Post('mute')
  @ApiBody({ type: SanctionBody, required: false })
  @HttpCode(200)
  @Requires('moderate')
  @ApiOperation({ summary: 'Mutes a user, who can go on reading; replaces an earlier mute' })
  @ApiOkResponse({ type: SanctionDto })
  @ApiErrors('BAD_REQUEST', 'NOT_FOUND', 'VALIDATION_ERROR')
  mute(@Param('username') username: string, @JsonBody() body: SanctionBody, @Req() request: Request) {
    return this.moderation.sanction('mute', username, body, identityOf(request));
  }

  @Delete('mute')
  @HttpCode(204)
  @Requires('moderate')
  @ApiOperation({ summary: 'Lifts a mute, if there is one' })
  @ApiNoContentResponse()
  @ApiErrors('BAD_REQUEST', 'NOT_FOUND')
  unmute(@Param('username') username: string, @Req() request: Request): Promise<void> {
    return this.moderation.lift('mute', username, identityOf(request));
  }

  @Post('ban')
  @ApiBody({ type: SanctionBody, required: false })
  @HttpCode(200)
  @Requires('moderate')
  @ApiOperation({
    summary:
      'Bans a user: connections are closed with 4403 on every replica, new ones refused; replaces an earlier ban',
  })
  @ApiOkResponse({ type: SanctionDto })
  @ApiErrors('BAD_REQUEST', 'NOT_FOUND', 'VALIDATION_ERROR')
  ban(@Param('username') username: string, @JsonBody() body: SanctionBody, @Req() request: Request) {
    return this.moderation.sanction('ban', username, body, identityOf(request));
  }

  @Delete('ban')
  @HttpCode(204)
  @Requires('moderate')
  @ApiOperation({ summary: 'Lifts a ban, if there is one' })
  @ApiNoContentResponse()
  @ApiErrors('BAD_REQUEST', 'NOT_FOUND')
  unban(@Param('username') username: string, @Req() request: Request): Promise<void> {
    return this.moderation.lift('ban', username, identityOf(request));
  }

  @Post('disconnect')
  @ApiBody({ type: DisconnectBody, required: false })
  @HttpCode(204)
  @Requires('moderate')
  @ApiOperation({ summary: "Closes a user's connections on every replica; the user may reconnect" })
  @ApiNoContentResponse()
  @ApiErrors('BAD_REQUEST', 'NOT_FOUND', 'VALIDATION_ERROR')
  disconnect(
    @Param('username') username: string,
    @JsonBody() body: DisconnectBody,
    @Req() request: Request,
  ): Promise<void> {
    return this.moderation.disconnect(username, body, identityOf(request));
  }
}
