import { Controller, Get, Param, Query, UsePipes } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { ApiErrors } from '../common/api-errors.decorator';
import { httpValidation } from '../common/validation';
import { PageQuery, PageResponse, RecentQuery, RecentResponse, UserQuery, UserResponse } from './messages.dto';
import { MessagesService } from './messages.service';

@ApiTags('messages')
@UsePipes(httpValidation)
@Controller('api/messages')
export class MessagesController {
  constructor(private readonly messages: MessagesService) {}

  @Get()
  @ApiOperation({ summary: 'All messages in chronological order, page by page' })
  @ApiOkResponse({ type: PageResponse })
  @ApiErrors('BAD_REQUEST', 'VALIDATION_ERROR')
  page(@Query() query: PageQuery): Promise<PageResponse> {
    return this.messages.page(query);
  }

  @Get('recent')
  @ApiOperation({ summary: 'The newest messages' })
  @ApiOkResponse({ type: RecentResponse })
  @ApiErrors('BAD_REQUEST', 'VALIDATION_ERROR')
  recent(@Query() query: RecentQuery): Promise<RecentResponse> {
    return this.messages.recent(query);
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
  @ApiOkResponse({ type: UserResponse })
  @ApiErrors('BAD_REQUEST', 'VALIDATION_ERROR')
  ofUser(@Param('username') username: string, @Query() query: UserQuery): Promise<UserResponse> {
    return this.messages.ofUser(username, query);
  }
}
