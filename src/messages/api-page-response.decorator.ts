import type { Type } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';

/** Documents a list that is cut at about 1 MiB. */
export function ApiPageResponse(type: Type): MethodDecorator {
  return ApiOkResponse({
    type,
    headers: {
      Link: {
        description:
          'RFC 8288, `<…>; rel="next"`: only where messages of about 1 MiB were reached before `limit`; the address of the rest, relative to the one that was asked for',
        schema: { type: 'string', example: '<?after=64&limit=936>; rel="next"' },
      },
    },
  });
}
