import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiErrors } from '../platform/http/api-errors.decorator';
import { AddressBudgets } from '../limits/address-budgets';
import { HistoryRate } from '../limits/history-rate';
import { Slots } from '../limits/slots';
import { ApiPageResponse } from './api-page-response.decorator';
import {
  ChangesQuery,
  ChangesResponse,
  PageQuery,
  PageResponse,
  RecentQuery,
  RecentResponse,
  UserQuery,
  UserResponse,
} from './messages.dto';
import { FullMessageDto, MessageDto } from './message.dto';
import { MessagesService, type Page } from './messages.service';
import { Requires } from '../platform/http/route-access';

/** Maximum lists built concurrently, each of some MiB until it is sent, and maximum requests waiting. */
const MAX_LISTS = 2;
const MAX_WAITING_LISTS = 200;

@ApiTags('messages')
@ApiExtraModels(MessageDto, FullMessageDto)
@Requires('read')
@Controller('api/messages')
export class MessagesController {
  private readonly slots = new Slots(MAX_LISTS, MAX_WAITING_LISTS);

  constructor(
    private readonly messages: MessagesService,
    private readonly budgets: AddressBudgets,
    private readonly history: HistoryRate,
  ) {}

  @Get()
  @ApiOperation({ summary: 'All messages in chronological order, page by page' })
  @ApiPageResponse(PageResponse)
  @ApiErrors('BAD_REQUEST', 'VALIDATION_ERROR')
  page(@Query() query: PageQuery, @Res({ passthrough: true }) response: Response): Promise<PageResponse> {
    return this.answer(response, () => this.messages.page(query));
  }

  @Get('recent')
  @ApiOperation({ summary: 'The newest messages' })
  @ApiPageResponse(RecentResponse)
  @ApiErrors('BAD_REQUEST', 'VALIDATION_ERROR')
  recent(@Query() query: RecentQuery, @Res({ passthrough: true }) response: Response): Promise<RecentResponse> {
    return this.answer(response, () => this.messages.recent(query));
  }

  @Get('changes')
  @ApiOperation({ summary: 'Messages changed after a change, each in its present state' })
  @ApiOkResponse({ type: ChangesResponse })
  @ApiErrors('BAD_REQUEST', 'VALIDATION_ERROR')
  changes(@Query() query: ChangesQuery, @Res({ passthrough: true }) response: Response): Promise<ChangesResponse> {
    return this.answer(response, () => this.messages.changes(query));
  }

  @Get('user/:username')
  @ApiOperation({
    summary: 'The newest messages of one user, by the exact name in any spelling; an unknown user has none',
  })
  @ApiParam({
    name: 'username',
    description: 'Percent-encoded; trimmed and normalised as names are',
    example: 'max_mustermann',
  })
  @ApiPageResponse(UserResponse)
  @ApiErrors('BAD_REQUEST', 'VALIDATION_ERROR')
  ofUser(
    @Param('username') username: string,
    @Query() query: UserQuery,
    @Res({ passthrough: true }) response: Response,
  ): Promise<UserResponse> {
    return this.answer(response, () => this.messages.ofUser(username, query));
  }

  /** Bounds memory and the address's history rate for every list. */
  private async answer<Body>(response: Response, list: () => Promise<Page<Body>>): Promise<Body> {
    const address = this.budgets.of(response.req);
    const { body, next } = await this.slots.run(async () => {
      // Checked inside the slot: waiting requests would otherwise all pass before the first is charged.
      this.history.require(address);
      const page = await list();
      this.history.charge(address, page.bytes);
      return page;
    });
    if (next !== undefined) response.links({ next });
    return body;
  }
}
