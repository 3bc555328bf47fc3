import { IsIn, IsOptional, Matches } from 'class-validator';
import { IntegerInRange } from '../../platform/http/integer-in-range.decorator';
import {
  IsIdentityHeader,
  IsProviderUrl,
  NeedsAudience,
  NeedsIdentities,
  NeedsIssuer,
  NeedsNamedProxies,
  NeedsProxyHeader,
  NeedsSecret,
  NotWithKeys,
} from '../access-rules';
import { FromFile, Setting } from '../setting.decorator';
import { IsFrameAncestors, IsSecret } from '../setting-rules';

/** Authentication and permissions: docs/access.md. With none of them set, anybody may read, and write under any name. */
export class AccessSettings {
  @Setting('OpenID Connect issuer whose tokens are accepted; its keys are found by discovery. Requires AUTH_AUDIENCE.')
  @NeedsAudience()
  @IsProviderUrl()
  readonly AUTH_ISSUER: string = '';

  @Setting('Key set (JWKS) of the issuer, without discovery. Requires AUTH_AUDIENCE.')
  @NeedsAudience()
  @IsProviderUrl()
  readonly AUTH_JWKS_URL: string = '';

  @Setting('Secret shared with whoever signs tokens by HS256, HS384 or HS512. Not together with keys.')
  @IsSecret()
  @NotWithKeys()
  @FromFile()
  readonly AUTH_JWT_SECRET: string = '';

  @Setting('The secret before the present one; tokens signed with it stay valid while it is set.')
  @IsSecret()
  @NeedsSecret()
  @FromFile()
  readonly AUTH_JWT_SECRET_PREVIOUS: string = '';

  @Setting('Audience that tokens must name (`aud`).')
  @NeedsIdentities()
  readonly AUTH_AUDIENCE: string = '';

  @Setting(
    'OAuth client (public, authorization code with PKCE) as which the page signs users in. Empty: it asks for a token.',
  )
  @Matches(/^[\x21-\x7e]*$/, { message: 'ASCII without spaces' })
  @NeedsIssuer()
  readonly AUTH_CLIENT_ID: string = '';

  @Setting('Scopes that the page asks for; with offline_access many providers let it renew its token.')
  @Matches(/^([!#-[\]-~]+ )*openid( [!#-[\]-~]+)*$/, { message: 'scopes with spaces between them, openid among them' })
  readonly AUTH_SCOPE: string = 'openid profile';

  @Setting('Claim with the name, a dotted path; `sub` where a token lacks it.')
  @Matches(/^[^\s.]+(\.[^\s.]+)*$/, { message: 'a claim, or a dotted path to one' })
  readonly AUTH_USERNAME_CLAIM: string = 'preferred_username';

  @Setting('Claim with the roles, a dotted path: a list, or a text with spaces between them.')
  @Matches(/^[^\s.]+(\.[^\s.]+)*$/, { message: 'a claim, or a dotted path to one' })
  readonly AUTH_ROLES_CLAIM: string = 'roles';

  @Setting('Role that may read. Empty: every valid token may.')
  @NeedsIdentities()
  readonly AUTH_READ_ROLE: string = '';

  @Setting('Role that may write. Empty: every valid token may.')
  @NeedsIdentities()
  readonly AUTH_WRITE_ROLE: string = '';

  @Setting('Role that may moderate.')
  @IsOptional({ message: 'any role' })
  readonly AUTH_MODERATE_ROLE: string = 'chat-moderator';

  @Setting('What is allowed without a token: none, read, or write under a name that the server marks with a leading ~.')
  @IsIn(['none', 'read', 'write'], { message: 'none, read or write' })
  @NeedsIdentities('none')
  readonly AUTH_GUESTS: 'none' | 'read' | 'write' = 'none';

  @Setting(
    'true: `?access_token=` is accepted on /ws and /api/messages/stream, for clients that cannot send it otherwise.',
  )
  @IsIn(['true', 'false'], { message: 'true or false' })
  readonly AUTH_QUERY_TOKEN: 'true' | 'false' = 'false';

  @Setting('Header in which a proxy of TRUST_PROXY names the user, such as X-Forwarded-User.')
  @Matches(/^$|^[A-Za-z0-9-]+$/, { message: 'the name of a header' })
  @IsIdentityHeader()
  @NeedsNamedProxies()
  readonly AUTH_PROXY_HEADER: string = '';

  @Setting('Header in which the same proxy lists the roles, separated by commas.')
  @Matches(/^$|^[A-Za-z0-9-]+$/, { message: 'the name of a header' })
  @IsIdentityHeader()
  @NeedsProxyHeader()
  readonly AUTH_PROXY_ROLES_HEADER: string = '';

  @Setting('Secret that acts as a moderator on the REST routes, also without an identity provider.')
  @Matches(/^(|[\x21-\x7e]{32,})$/, { message: 'at least 32 characters of ASCII, without spaces' })
  @FromFile()
  readonly MODERATOR_TOKEN: string = '';

  @Setting('true: POST /api/messages is open where no token is required.')
  @IsIn(['true', 'false'], { message: 'true or false' })
  readonly HTTP_POST: 'true' | 'false' = 'false';

  @Setting('Seconds in which authors may edit or delete their messages; 0: never.')
  @IntegerInRange(0, 1_000_000_000)
  readonly EDIT_WINDOW_SECONDS: number = 3600;

  @Setting('Least seconds between two messages of one user, over all connections; 0: no limit.')
  @IntegerInRange(0, 86_400)
  readonly SLOW_MODE_SECONDS: number = 0;

  @Setting('Secret that /metrics requires as a bearer token. Empty: none.')
  @Matches(/^(|[\x21-\x7e]{16,})$/, { message: 'at least 16 characters of ASCII, without spaces' })
  @FromFile()
  readonly METRICS_TOKEN: string = '';

  @Setting('TCP port of its own for /metrics, which is then not on PORT; 0: on PORT.')
  @IntegerInRange(0, 65_535)
  readonly METRICS_PORT: number = 0;

  @Setting('off: no API documentation at /docs.')
  @IsIn(['on', 'off'], { message: 'on or off' })
  readonly API_DOCS: 'on' | 'off' = 'on';

  @Setting('off: no chat page at /, and no /chat-room.js for other pages.')
  @IsIn(['on', 'off'], { message: 'on or off' })
  readonly WEB_PAGE: 'on' | 'off' = 'on';

  @Setting('Sites that may show the chat page in a frame.')
  @IsFrameAncestors()
  readonly FRAME_ANCESTORS: string = 'none';
}
