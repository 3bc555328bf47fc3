import { ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';

/** `Message` of the API document. */
export class MessageDto {
  @ApiProperty({ type: 'integer', description: 'Contiguous from 1, in the order of storing', example: 1 })
  id: number;

  @ApiProperty({ example: 'Benutzer' })
  username: string;

  @ApiProperty({ description: 'Empty where the message was deleted', example: 'Hallo Welt' })
  message: string;

  @ApiProperty({ description: 'UTC, to the second, without a zone', example: '2024-01-01T12:00:00' })
  timestamp: string;
}

const PRECISE = 'UTC, to the millisecond';

/** A message in the form of protocol v2, with its present state. */
export class FullMessageDto {
  @ApiProperty({ type: 'integer', description: 'Contiguous from 1, in the order of storing', example: 1 })
  id: number;

  @ApiProperty({ example: 'Benutzer' })
  username: string;

  @ApiProperty({ description: 'Empty where the message was deleted', example: 'Hallo Welt' })
  message: string;

  @ApiProperty({ description: PRECISE, example: '2024-01-01T12:00:00.123Z' })
  timestamp: string;

  @ApiPropertyOptional({ description: `Last edit; ${PRECISE}`, example: '2024-01-01T12:05:00.456Z' })
  edited_at?: string;

  @ApiPropertyOptional({ description: PRECISE, example: '2024-01-01T12:06:00.789Z' })
  deleted_at?: string;

  @ApiPropertyOptional({ description: 'Its author, or a moderator', example: 'moderatorin' })
  deleted_by?: string;

  @ApiPropertyOptional({ type: 'integer', description: 'The newest change; absent: never changed', example: 17 })
  change_id?: number;

  @ApiPropertyOptional({ type: Boolean, enum: [true], description: 'Its author was signed in' })
  verified?: true;
}

/** The requested form; undefined: that of the API document. */
export type View = 'full' | undefined;

export type MessageOf = MessageDto | FullMessageDto;

/** Documents a list of messages, in the form that the query requests. */
export function ApiListOf({ description }: { description: string }): PropertyDecorator {
  const either = [MessageDto, FullMessageDto].map((type) => ({ $ref: getSchemaPath(type) }));
  return ApiProperty({ type: 'array', description, items: { anyOf: either } });
}
