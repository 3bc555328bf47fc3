import { ApiProperty } from '@nestjs/swagger';

export class MostActiveUser {
  @ApiProperty({ example: 'chat_lover' })
  username: string;

  @ApiProperty({ type: 'integer', example: 42 })
  message_count: number;
}

/** The answer of `GET /api/messages/stats`, keys in the document's order. */
export class StatsResponse {
  @ApiProperty({ type: 'integer', example: 150 })
  total_messages: number;

  @ApiProperty({ type: 'integer', example: 25 })
  total_users: number;

  @ApiProperty({
    type: MostActiveUser,
    nullable: true,
    description: 'null when there is no message; on a tie, the name that sorts first (by code point)',
  })
  most_active_user: MostActiveUser | null;

  @ApiProperty({ type: 'integer', description: 'Since 00:00 UTC', example: 15 })
  messages_today: number;

  @ApiProperty({ type: Number, description: 'Unicode code points, one decimal; 0 without messages', example: 45.7 })
  average_message_length: number;
}
