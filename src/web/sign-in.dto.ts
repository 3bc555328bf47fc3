import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** Information that a client needs before it has a token. Contains no secrets. */
export class SignInResponse {
  @ApiProperty({
    enum: ['none', 'openid', 'proxy', 'token'],
    description:
      'How users get an identity: not at all, from the OpenID provider below, from a proxy in front, or with a token from elsewhere',
  })
  sign_in: 'none' | 'openid' | 'proxy' | 'token';

  @ApiProperty({ enum: ['none', 'read', 'write'], description: 'What is allowed without an identity' })
  guests: 'none' | 'read' | 'write';

  @ApiProperty({ description: 'Whether messages can be edited or deleted' })
  changes: boolean;

  @ApiProperty({ type: 'integer', description: 'How long authors may change their messages', example: 3600 })
  edit_window_seconds: number;

  @ApiPropertyOptional({ example: 'https://id.example.org/realms/chat' })
  issuer?: string;

  @ApiPropertyOptional({ example: 'chat-page' })
  client_id?: string;

  @ApiPropertyOptional({ example: 'openid profile' })
  scope?: string;

  @ApiPropertyOptional({ description: 'The audience that tokens must have', example: 'https://chat.example.org' })
  audience?: string;
}
