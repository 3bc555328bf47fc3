import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { IntegerInRange, Optional } from '../platform/http/integer-in-range.decorator';

/** Maximum length of a reason, in code points. */
export const MAX_REASON_LENGTH = 500;
const MAX_SECONDS = 1_000_000_000;

export class DisconnectBody {
  @ApiPropertyOptional({ maxLength: MAX_REASON_LENGTH, description: 'For the log; users do not see it' })
  @Optional()
  @IsString()
  reason?: string;
}

export class SanctionBody extends DisconnectBody {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_SECONDS,
    description: 'Duration; absent: until it is lifted',
    example: 3600,
  })
  @Optional()
  @IntegerInRange(1, MAX_SECONDS)
  seconds?: number;
}

export class SanctionsQuery {
  @ApiPropertyOptional({ description: 'Cursor: names behind this one, from `next`' })
  @Optional()
  @IsString()
  after?: string;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 1000, default: 100 })
  @Optional()
  @IntegerInRange(1, 1000)
  limit?: number;
}

export class LogQuery {
  @ApiPropertyOptional({ type: 'integer', minimum: 1, description: 'Cursor: entries with a smaller id' })
  @Optional()
  @IntegerInRange(1, Number.MAX_SAFE_INTEGER)
  before?: number;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 200, default: 50 })
  @Optional()
  @IntegerInRange(1, 200)
  limit?: number;
}

export class SanctionDto {
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'null: until it is lifted',
    example: '2024-01-01T13:00:00.000Z',
  })
  until: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Spam' })
  reason: string | null;

  @ApiProperty({ description: 'The moderator', example: 'moderatorin' })
  moderator: string;

  @ApiProperty({ format: 'date-time', description: 'Start', example: '2024-01-01T12:00:00.000Z' })
  since: string;
}

export class SanctionedUser {
  @ApiProperty({ description: 'In the form it is stored in', example: 'max_mustermann' })
  username: string;

  @ApiProperty({ type: SanctionDto, nullable: true })
  mute: SanctionDto | null;

  @ApiProperty({ type: SanctionDto, nullable: true })
  ban: SanctionDto | null;
}

export class SanctionsResponse {
  @ApiProperty({ type: [SanctionedUser], description: 'By name (code points)' })
  users: SanctionedUser[];

  @ApiProperty({ type: String, nullable: true, description: '`after` for the next page; null: there is none' })
  next: string | null;
}

export class LogEntryDto {
  @ApiProperty({ type: 'integer', description: 'Grows; not contiguous', example: 17 })
  id: number;

  @ApiProperty({ format: 'date-time', example: '2024-01-01T12:00:00.000Z' })
  timestamp: string;

  @ApiProperty({ example: 'moderatorin' })
  moderator: string;

  @ApiProperty({ enum: ['mute', 'unmute', 'ban', 'unban', 'disconnect', 'delete', 'erase', 'export'] })
  action: string;

  @ApiProperty({ type: String, nullable: true, example: 'max_mustermann' })
  username: string | null;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Of a deleted message', example: null })
  message_id: number | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  until: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Spam' })
  reason: string | null;
}

export class LogResponse {
  @ApiProperty({ type: [LogEntryDto], description: 'Newest first' })
  entries: LogEntryDto[];

  @ApiProperty({ type: 'integer', nullable: true, description: '`before` for the next page; null: last page' })
  next: number | null;
}

export class ErasureResponse {
  @ApiProperty({ description: 'In the form it is stored in', example: 'max_mustermann' })
  username: string;

  @ApiProperty({ description: 'false: in progress; repeat the request for the progress' })
  complete: boolean;

  @ApiProperty({ type: 'integer', description: 'Messages erased since the erasure began', example: 250 })
  erased: number;
}
