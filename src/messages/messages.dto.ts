import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { Optional, IntegerInRange } from '../platform/http/integer-in-range.decorator';
import { ApiListOf, FullMessageDto, type MessageOf, type View } from './message.dto';

const MAX_ID = Number.MAX_SAFE_INTEGER;

/** The form of the messages in a list. */
class ViewQuery {
  @ApiPropertyOptional({
    enum: ['full'],
    description: 'full: times to the millisecond, with edits and deletions',
  })
  @Optional()
  @IsIn(['full'])
  view?: View;
}

export class PageQuery extends ViewQuery {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: 1000,
    default: 50,
    description: 'Maximum number of messages',
  })
  @Optional()
  @IntegerInRange(1, 1000)
  limit?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, default: 0, description: 'Counted from the oldest message' })
  @Optional()
  @IntegerInRange(0, MAX_ID)
  offset?: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    description: 'Cursor: messages with a greater id, from the next',
  })
  @Optional()
  @IntegerInRange(0, MAX_ID)
  after?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, description: 'Cursor: the newest messages with a smaller id' })
  @Optional()
  @IntegerInRange(0, MAX_ID)
  before?: number;
}

export class RecentQuery extends ViewQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 100, default: 50 })
  @Optional()
  @IntegerInRange(1, 100)
  limit?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, description: 'Cursor: the newest messages with a smaller id' })
  @Optional()
  @IntegerInRange(0, MAX_ID)
  before?: number;
}

export class UserQuery extends ViewQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 1000, default: 50 })
  @Optional()
  @IntegerInRange(1, 1000)
  limit?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, description: 'Cursor: the newest messages with a smaller id' })
  @Optional()
  @IntegerInRange(0, MAX_ID)
  before?: number;
}

export class PageResponse {
  @ApiListOf({ description: 'Oldest first' })
  messages: MessageOf[];

  @ApiProperty({ type: 'integer', description: 'Number of stored messages', example: 150 })
  total: number;

  @ApiProperty({ type: 'integer', example: 50 })
  limit: number;

  @ApiProperty({ type: 'integer', example: 0 })
  offset: number;
}

export class RecentResponse {
  @ApiListOf({ description: 'Oldest first' })
  messages: MessageOf[];

  @ApiProperty({ type: 'integer', description: 'Number of messages in this answer', example: 50 })
  total: number;

  @ApiProperty({ type: 'integer', example: 50 })
  limit: number;
}

export class UserResponse {
  @ApiListOf({ description: "The user's newest messages, oldest of them first" })
  messages: MessageOf[];

  @ApiProperty({ description: 'In the form it is stored in', example: 'max_mustermann' })
  username: string;

  @ApiProperty({ type: 'integer', description: 'All stored messages of this user', example: 15 })
  total_messages: number;

  @ApiProperty({ type: 'integer', example: 50 })
  limit: number;
}

export class ChangesQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 1000, default: 50 })
  @Optional()
  @IntegerInRange(1, 1000)
  limit?: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    default: 0,
    description: 'Cursor: `last_change_id` of the previous page',
  })
  @Optional()
  @IntegerInRange(0, MAX_ID)
  after?: number;
}

export class ChangesResponse {
  @ApiProperty({ type: [FullMessageDto], description: 'Each once, by `change_id`' })
  messages: FullMessageDto[];

  @ApiProperty({
    type: 'integer',
    description:
      'How far the page reaches, for `after`; it may be short, or empty, before the newest change is reached',
    example: 17,
  })
  last_change_id: number;

  @ApiProperty({ type: 'integer', example: 50 })
  limit: number;
}
