import { Controller, Delete, Get, Param, Req, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { identityOf } from '../access/request-identity';
import { Requires } from '../platform/http/route-access';
import { MessagesService } from '../messages/messages.service';
import { ApiErrors } from '../platform/http/api-errors.decorator';
import { Erasure } from './erasure';
import { MessageExport } from './message-export';
import { ErasureResponse } from './moderation.dto';
import { ModerationService } from './moderation.service';

/** Data protection: export and erasure of all messages of one user. */
@ApiTags('moderation')
@ApiParam({
  name: 'username',
  description: 'Percent-encoded; trimmed and normalised as names are',
  example: 'max_mustermann',
})
@Controller('api/users/:username/messages')
export class UserDataController {
  constructor(
    private readonly messages: MessagesService,
    private readonly moderation: ModerationService,
    private readonly erasure: Erasure,
    private readonly exports: MessageExport,
  ) {}

  @Delete()
  @Requires('moderate')
  @ApiOperation({ summary: "Erases all of a user's texts, step by step; repeat the request until it is complete" })
  @ApiOkResponse({ type: ErasureResponse, description: 'Complete' })
  @ApiAcceptedResponse({ type: ErasureResponse, description: 'In progress' })
  @ApiErrors('BAD_REQUEST', 'NOT_FOUND')
  async erase(
    @Param('username') given: string,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ErasureResponse> {
    const username = await this.messages.storedName(given);
    if (username === undefined) return { username: given, complete: true, erased: 0 };
    const progress = await this.erasure.erase(username, await this.messages.total(), identityOf(request));
    response.status(progress.complete ? 200 : 202);
    return progress;
  }

  @Get('export')
  @Requires('moderate')
  @ApiOperation({ summary: 'All messages of a user as JSON Lines, oldest first: id, username, text, times and state' })
  @ApiOkResponse({
    description: 'One object a line; `message` is empty and `deleted_at` set where it was deleted',
    content: { 'application/jsonl': { schema: { type: 'string' } } },
  })
  @ApiErrors('BAD_REQUEST', 'NOT_FOUND')
  async export(@Param('username') given: string, @Req() request: Request, @Res() response: Response): Promise<void> {
    const username = await this.messages.storedName(given);
    if (username !== undefined && request.method !== 'HEAD') {
      await this.moderation.record('export', username, identityOf(request));
    }
    const upTo = username === undefined || request.method === 'HEAD' ? 0 : await this.messages.total();
    await this.exports.write(username ?? given, upTo, response);
  }
}
