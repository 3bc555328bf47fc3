import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Optional, IntegerInRange } from '../platform/http/integer-in-range.decorator';

const MAX_ID = Number.MAX_SAFE_INTEGER;

export class PageQuery {
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

export class RecentQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 100, default: 50 })
  @Optional()
  @IntegerInRange(1, 100)
  limit?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, description: 'Cursor: the newest messages with a smaller id' })
  @Optional()
  @IntegerInRange(0, MAX_ID)
  before?: number;
}

export class UserQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 1000, default: 50 })
  @Optional()
  @IntegerInRange(1, 1000)
  limit?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 0, description: 'Cursor: the newest messages with a smaller id' })
  @Optional()
  @IntegerInRange(0, MAX_ID)
  before?: number;
}

/** `Message` of the API document. */
export class MessageDto {
  @ApiProperty({ type: 'integer', description: 'Contiguous from 1, in the order of storing', example: 1 })
  id: number;

  @ApiProperty({ example: 'Benutzer' })
  username: string;

  @ApiProperty({ example: 'Hallo Welt' })
  message: string;

  @ApiProperty({ description: 'UTC, to the second, without a zone', example: '2024-01-01T12:00:00' })
  timestamp: string;
}

export class PageResponse {
  @ApiProperty({ type: [MessageDto], description: 'Oldest first' })
  messages: MessageDto[];

  @ApiProperty({ type: 'integer', description: 'Number of stored messages', example: 150 })
  total: number;

  @ApiProperty({ type: 'integer', example: 50 })
  limit: number;

  @ApiProperty({ type: 'integer', example: 0 })
  offset: number;
}

export class RecentResponse {
  @ApiProperty({ type: [MessageDto], description: 'Oldest first' })
  messages: MessageDto[];

  @ApiProperty({ type: 'integer', description: 'Number of messages in this answer', example: 50 })
  total: number;

  @ApiProperty({ type: 'integer', example: 50 })
  limit: number;
}

export class UserResponse {
  @ApiProperty({ type: [MessageDto], description: "The user's newest messages, oldest of them first" })
  messages: MessageDto[];

  @ApiProperty({ description: 'In the form it is stored in', example: 'max_mustermann' })
  username: string;

  @ApiProperty({ type: 'integer', description: 'All stored messages of this user', example: 15 })
  total_messages: number;

  @ApiProperty({ type: 'integer', example: 50 })
  limit: number;
}
