import { IsIn, Matches } from 'class-validator';
import { LANGUAGES, type Language } from '../../platform/errors/language';
import { IntegerInRange } from '../../platform/http/integer-in-range.decorator';
import { Setting } from '../setting.decorator';
import { IsOriginList, IsTrustProxy } from '../setting-rules';

export class ServerSettings {
  @Setting('TCP port; 0 picks a free one, which the start line names.')
  @IntegerInRange(0, 65_535)
  readonly PORT: number = 8000;

  @Setting('Address to listen on.')
  @Matches(/^\S+$/, { message: 'an IP address or host name' })
  readonly HOST: string = '0.0.0.0';

  @Setting(
    'Proxies whose X-Forwarded-For and X-Forwarded-Host are believed. Behind a proxy it must be set, or all clients share the limits of one address.',
  )
  @IsTrustProxy()
  readonly TRUST_PROXY: string = 'false';

  @Setting(
    "Origins of browser pages that may use the API and the WebSocket. The server's own page is always allowed; programs without an origin are not affected.",
  )
  @IsOriginList()
  readonly ALLOWED_ORIGINS: string = '*';

  @Setting('Language of error texts where Accept-Language does not decide.')
  @IsIn(LANGUAGES, { message: 'de or en' })
  readonly DEFAULT_LANGUAGE: Language = 'de';

  @Setting(
    'Seconds an idle HTTP connection is kept open. Must be longer than the proxy in front keeps it (often 60), or the proxy answers 502 now and then.',
  )
  @IntegerInRange(1, 3600)
  readonly KEEP_ALIVE_SECONDS: number = 75;

  @Setting('Seconds from SIGTERM until the process exits at the latest.')
  @IntegerInRange(1, 3600)
  readonly SHUTDOWN_GRACE_SECONDS: number = 10;
}
