import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

/** For the API document only: the body is checked by `jsonBodyOf` and by the rules for frames. Unknown keys are ignored. */
export class PostRequest {
  @ApiProperty({
    description: 'At least one code point, at most MAX_MESSAGE_LENGTH; something visible, no NUL',
    example: 'Hallo Welt!',
  })
  message: string;

  @ApiPropertyOptional({
    description:
      'By the rules for names in docs/protocol.md. Required without a token; with one, the name in it, or omitted',
    example: 'max_mustermann',
  })
  username?: string;
}

/** For the API document only, as `PostRequest`. */
export class EditRequest {
  @ApiProperty({ description: 'The new text, by the rules for messages', example: 'Hallo Welt?' })
  message: string;
}
