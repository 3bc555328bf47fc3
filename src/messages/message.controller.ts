import { Controller, Delete, Get, HttpStatus, Param, Patch, Post, Req, Res } from '@nestjs/common';
import {
  ApiBody,
  ApiCreatedResponse,
  ApiHeader,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiQuery,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { identityOf } from '../access/request-identity';
import { AddressBudgets } from '../limits/address-budgets';
import { HistoryRate } from '../limits/history-rate';
import { AppError } from '../platform/errors/app-error';
import { ApiErrors } from '../platform/http/api-errors.decorator';
import { Requires } from '../platform/http/route-access';
import { ChangesService } from './changes.service';
import { fullForm } from './message-form';
import { MessageReader } from './message-reader';
import { FullMessageDto } from './message.dto';
import { EditRequest, PostRequest } from './post.dto';
import { PostsService } from './posts.service';

const KEY_HEADER = {
  name: 'Idempotency-Key',
  description: 'Same as `client_id` in protocol v2, in the same key space; with or without quotation marks',
  schema: { type: 'string', minLength: 1, maxLength: 66 },
  example: '"0b9c0ad4-6c5f-4f0e-9f0c-3a5e5a4f7d11"',
};

const ApiIdParam = () => ApiParam({ name: 'id', schema: { type: 'integer', minimum: 1 }, example: 151 });

/** One message at a time: reading, writing, editing and deleting it. */
@ApiTags('messages')
@Requires('read')
@Controller('api/messages')
export class MessageController {
  constructor(
    private readonly reader: MessageReader,
    private readonly posts: PostsService,
    private readonly changes: ChangesService,
    private readonly budgets: AddressBudgets,
    private readonly history: HistoryRate,
  ) {}

  @Get(':id')
  @ApiOperation({ summary: 'One message, in its present state' })
  @ApiIdParam()
  @ApiOkResponse({ type: FullMessageDto })
  @ApiErrors('BAD_REQUEST', 'NOT_FOUND')
  async one(@Param('id') id: string, @Req() request: Request): Promise<FullMessageDto> {
    const address = this.budgets.of(request);
    this.history.require(address);
    const found = await this.reader.one(idIn(id));
    if (!found) throw new AppError('message_unknown');
    const message = fullForm(found);
    this.history.charge(address, Buffer.byteLength(message.message));
    return message;
  }

  @Post()
  @Requires('write')
  @ApiOperation({
    summary: 'Write a message: for bots and webhooks',
    description:
      'Open where tokens are required, or with `HTTP_POST=true`; otherwise 404. The same rules, limits and order as for `chat_message`; the author does not count as present.',
  })
  @ApiHeader(KEY_HEADER)
  @ApiBody({ type: PostRequest })
  @ApiCreatedResponse({
    type: FullMessageDto,
    description: 'It is stored',
    headers: { Location: { description: 'Its address', schema: { type: 'string', example: '/api/messages/151' } } },
  })
  @ApiOkResponse({ type: FullMessageDto, description: 'A repeat: the answer to the first request with the key' })
  @ApiErrors('BAD_REQUEST', 'NOT_FOUND', 'PAYLOAD_TOO_LARGE', 'VALIDATION_ERROR')
  async post(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<FullMessageDto> {
    const { message, isRepeat } = await this.posts.post(request, identityOf(request));
    response.status(isRepeat ? HttpStatus.OK : HttpStatus.CREATED).location(`/api/messages/${message.id}`);
    return fullForm(message);
  }

  @Patch(':id')
  @Requires('write')
  @ApiOperation({
    summary: 'Edit an own message',
    description: 'Within `EDIT_WINDOW_SECONDS`, with a token. 404 where nobody can have one.',
  })
  @ApiIdParam()
  @ApiHeader(KEY_HEADER)
  @ApiBody({ type: EditRequest })
  @ApiOkResponse({ type: FullMessageDto, description: 'The message in its new state, which is stored' })
  @ApiErrors('BAD_REQUEST', 'NOT_FOUND', 'PAYLOAD_TOO_LARGE', 'VALIDATION_ERROR')
  async edit(@Param('id') id: string, @Req() request: Request): Promise<FullMessageDto> {
    return fullForm(await this.changes.edit(request, identityOf(request), idIn(id)));
  }

  @Delete(':id')
  @Requires('change')
  @ApiOperation({
    summary: 'Delete an own message, or as a moderator any',
    description:
      'Own ones within `EDIT_WINDOW_SECONDS`. The message keeps id, name and time; its text is gone. Deleting it again changes nothing. 404 where nobody can have the right.',
  })
  @ApiIdParam()
  @ApiHeader(KEY_HEADER)
  @ApiQuery({ name: 'reason', required: false, type: String, description: 'For the moderation log; also in a body' })
  @ApiOkResponse({ type: FullMessageDto, description: 'The tombstone' })
  @ApiErrors('BAD_REQUEST', 'NOT_FOUND', 'VALIDATION_ERROR')
  async delete(@Param('id') id: string, @Req() request: Request): Promise<FullMessageDto> {
    return fullForm(await this.changes.delete(request, identityOf(request), idIn(id)));
  }
}

/** An id, only in the spelling of `Location`. @throws AppError for any other path, which is not part of the API */
function idIn(text: string): number {
  const id = /^[1-9]\d*$/.test(text) ? Number(text) : NaN;
  if (!Number.isSafeInteger(id)) throw new AppError('NOT_FOUND');
  return id;
}
