import { IsIn, Matches } from 'class-validator';
import { LANGUAGES, type Language } from '../common/language';
import { WholeNumber } from '../common/whole-number.decorator';
import { IsDatabaseUrl, IsOriginList, IsRedisUrl, IsTrustProxy } from './setting-forms';

export const LOG_LEVELS = ['error', 'warn', 'info', 'debug', 'verbose'] as const;
export const LOG_FORMATS = ['json', 'pretty'] as const;

/**
 * Every setting by the name of its environment variable, with its default and what is allowed.
 * The table for people is in the README; `.env.example` is checked against this class by a test.
 */
export class Settings {
  /** TCP port; 0 picks a free one. */
  @WholeNumber(0, 65_535)
  readonly PORT: number = 8000;

  /** Address to listen on. */
  @Matches(/^\S+$/, { message: 'an IP address or host name' })
  readonly HOST: string = '0.0.0.0';

  /** `sqlite:PATH`, where a relative path counts from the working directory, or `postgres://…`. */
  @IsDatabaseUrl()
  readonly DATABASE_URL: string = 'sqlite:data/chat.sqlite';

  /** `full`: acknowledged means on the platter. `normal`: a power cut may take the last moments, a crash may not. */
  @IsIn(['full', 'normal'], { message: 'full or normal' })
  readonly SQLITE_SYNCHRONOUS: 'full' | 'normal' = 'full';

  /** Carries messages between replicas instead of PostgreSQL; empty: none. */
  @IsRedisUrl()
  readonly REDIS_URL: string = '';

  /** Language of error texts where `Accept-Language` does not decide. */
  @IsIn(LANGUAGES, { message: 'de or en' })
  readonly DEFAULT_LANGUAGE: Language = 'de';

  /** Origins for CORS and for the WebSocket handshake, comma-separated; `*`: any. */
  @IsOriginList()
  readonly ALLOWED_ORIGINS: string = '*';

  /** Code points in a message. */
  @WholeNumber(1, 1_000_000)
  readonly MAX_MESSAGE_LENGTH: number = 4000;

  /** Bytes in a WebSocket message; a longer one closes the connection with 1009. */
  @WholeNumber(256, 16_777_216)
  readonly MAX_FRAME_BYTES: number = 32_768;

  /** Messages a second and connection; 0: no limit. */
  @WholeNumber(0, 1_000_000)
  readonly MESSAGE_RATE: number = 20;

  /** Messages at once and connection. */
  @WholeNumber(1, 1_000_000)
  readonly MESSAGE_BURST: number = 100;

  /** HTTP requests a minute and client address; 0: no limit. */
  @WholeNumber(0, 1_000_000)
  readonly HTTP_RATE: number = 0;

  /** Open WebSocket connections; 0: no limit. */
  @WholeNumber(0, 10_000_000)
  readonly MAX_CONNECTIONS: number = 20_000;

  /** Open WebSocket connections per client address; 0: no limit. */
  @WholeNumber(0, 10_000_000)
  readonly MAX_CONNECTIONS_PER_IP: number = 0;

  /** Seconds between pings; a connection silent for two of them is dropped. */
  @WholeNumber(1, 3600)
  readonly HEARTBEAT_SECONDS: number = 30;

  /** Unsent bytes after which a reader gets no more live messages and is caught up from the log instead. */
  @WholeNumber(1024, 1_073_741_824)
  readonly SLOW_CONSUMER_BYTES: number = 1_048_576;

  /** Seconds after which a reader that took nothing of what waits for it is dropped. */
  @WholeNumber(1, 3600)
  readonly STALLED_READER_SECONDS: number = 60;

  /** Messages replayed to a reader that is behind; what is older is left out. */
  @WholeNumber(1, 1_000_000)
  readonly REPLAY_LIMIT: number = 10_000;

  /** Seconds from SIGTERM to the exit at the latest. */
  @WholeNumber(1, 3600)
  readonly SHUTDOWN_GRACE_SECONDS: number = 10;

  /** Which proxies may name the client's address, as Express takes it: true, false, a number of hops, or addresses. */
  @IsTrustProxy()
  readonly TRUST_PROXY: string = 'false';

  /** The least important level that is logged. */
  @IsIn(LOG_LEVELS, { message: LOG_LEVELS.join(', ') })
  readonly LOG_LEVEL: (typeof LOG_LEVELS)[number] = 'info';

  /** One JSON object a line, or coloured text; the default depends on whether a terminal reads it. */
  @IsIn(LOG_FORMATS, { message: 'json or pretty' })
  readonly LOG_FORMAT: (typeof LOG_FORMATS)[number] = process.stdout.isTTY ? 'pretty' : 'json';
}
