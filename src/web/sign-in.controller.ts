import { Controller, Get, Header } from '@nestjs/common';
import { ApiInternalServerErrorResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../access/access';
import { ErrorResponse } from '../platform/errors/error-response';
import { Public } from '../platform/http/route-access';
import { Settings } from '../settings/settings';
import { SignInResponse } from './sign-in.dto';

/** Describes to the page, and to other clients, how users sign in. Must not say anything that a stranger may not know. */
@ApiTags('access')
@ApiInternalServerErrorResponse({ type: ErrorResponse })
@Public()
@Controller()
export class SignInController {
  private readonly answer: SignInResponse;

  constructor(access: Access, settings: Settings) {
    this.answer = answerOf(access, settings);
  }

  @Get('access.json')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({ summary: 'How users sign in' })
  @ApiOkResponse({ type: SignInResponse })
  show(): SignInResponse {
    return this.answer;
  }
}

function answerOf({ isOn, hasChanges }: Access, settings: Settings): SignInResponse {
  const { AUTH_ISSUER, AUTH_CLIENT_ID, AUTH_SCOPE, AUTH_AUDIENCE, AUTH_PROXY_HEADER, EDIT_WINDOW_SECONDS } = settings;
  const rest = { changes: hasChanges, edit_window_seconds: EDIT_WINDOW_SECONDS };
  if (!isOn) return { sign_in: 'none', guests: 'write', ...rest };
  const guarded = { guests: settings.AUTH_GUESTS, ...rest };
  if (AUTH_CLIENT_ID === '') return { sign_in: AUTH_PROXY_HEADER === '' ? 'token' : 'proxy', ...guarded };
  const client = { issuer: AUTH_ISSUER, client_id: AUTH_CLIENT_ID, scope: AUTH_SCOPE, audience: AUTH_AUDIENCE };
  return { sign_in: 'openid', ...guarded, ...client };
}
