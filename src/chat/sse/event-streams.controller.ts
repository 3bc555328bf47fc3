import { Controller, Get, Headers, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiPropertyOptional, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { ApiErrors } from '../../platform/http/api-errors.decorator';
import { AppError } from '../../platform/errors/app-error';
import { Optional, IntegerInRange } from '../../platform/http/integer-in-range.decorator';
import type { Place } from '../delivery/subscription';
import { EventStreamsService } from './event-streams.service';
import { Requires } from '../../platform/http/route-access';

export class StreamQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 0, description: 'The last id seen; what follows it is sent first' })
  @Optional()
  @IntegerInRange(0, Number.MAX_SAFE_INTEGER)
  after?: number;
}

@ApiTags('messages')
@Requires('read')
@Controller('api/messages/stream')
export class EventStreamsController {
  constructor(private readonly streams: EventStreamsService) {}

  @Get()
  @ApiOperation({
    summary: 'New messages as Server-Sent Events; begins after `Last-Event-ID` or `after`, else with the next',
  })
  @ApiHeader({ name: 'Last-Event-ID', required: false, description: 'Goes before `after`: browsers send it to resume' })
  @ApiOkResponse({
    description:
      '`event: chat_message` with the frame of WebSocket protocol v2 as `data`; `event: message_changed` where one was edited or deleted; `event: gap` where messages were left out',
    headers: {
      'Chat-Epoch': {
        description: 'The `epoch` of protocol v2: under another one, ids mean nothing',
        schema: { type: 'string' },
      },
    },
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiErrors('BAD_REQUEST', 'VALIDATION_ERROR')
  stream(
    @Res() response: Response,
    @Query() { after }: StreamQuery,
    @Headers('last-event-id') lastEventId: string | undefined,
  ): void {
    // Browsers send the header empty after an event with an empty `id`.
    this.streams.stream(response, lastEventId ? readEventId(lastEventId) : { after });
  }
}

/** `152`: a message; `152-17`: a message and a change. */
function readEventId(text: string): Place {
  const [, after, afterChange] = /^(\d+)(?:-(\d+))?$/.exec(text)?.map(Number) ?? [];
  if (Number.isSafeInteger(after) && (!text.includes('-') || Number.isSafeInteger(afterChange))) {
    return { after, afterChange: text.includes('-') ? afterChange : undefined };
  }
  throw new AppError('whole_number', { field: 'Last-Event-ID', min: 0, max: Number.MAX_SAFE_INTEGER });
}
