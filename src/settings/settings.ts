import { IsIn, Matches } from 'class-validator';
import { LANGUAGES, type Language } from '../platform/errors/language';
import { LOG_FORMATS, LOG_LEVELS } from '../platform/logging/logger';
import { IntegerInRange } from '../platform/http/integer-in-range.decorator';
import {
  FitsLongestMessage,
  frameBytesFor,
  IsDatabaseUrl,
  IsOriginList,
  IsRedisUrl,
  IsTrustProxy,
} from './setting-forms';

/** The settings whose default is 0, no limit, with `LIMITS=off`. */
export const LIMITS_OFF = [
  'MESSAGE_RATE',
  'MESSAGE_RATE_PER_IP',
  'FRAME_RATE',
  'FRAME_RATE_PER_IP',
  'FRAME_RATE_TOTAL',
  'MAX_REFUSED_FRAMES',
  'NAME_RATE_PER_IP',
  'HANDSHAKE_RATE_PER_IP',
  'HISTORY_RATE_PER_IP',
  'HTTP_RATE',
  'MAX_CONNECTIONS_PER_IP',
] as const satisfies readonly (keyof Settings)[];

/**
 * Every setting by the name of its environment variable, with its default and what is allowed.
 * The table for people is in the README; `.env.example` is checked against this class by a test.
 */
export class Settings {
  /** TCP port; 0 picks a free one. */
  @IntegerInRange(0, 65_535)
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

  /** Origins for CORS and for the WebSocket handshake, and patterns of them, comma-separated; `*`: any. */
  @IsOriginList()
  readonly ALLOWED_ORIGINS: string = '*';

  /** Code points in a message. */
  @IntegerInRange(1, 1_000_000)
  readonly MAX_MESSAGE_LENGTH: number = 4000;

  /**
   * Bytes in a WebSocket message; a longer one closes the connection with 1009. By default, and at least, what the longest
   * message takes when every code point is written as two `\u` escapes: 12 bytes each, and 2,048 for the rest of the frame.
   */
  @IntegerInRange(256, 16_777_216)
  @FitsLongestMessage()
  readonly MAX_FRAME_BYTES: number = frameBytesFor(4000);

  /** `off`: 0 (no limit) is the default of every rate and of every limit per client address. Bounds of memory stay. */
  @IsIn(['on', 'off'], { message: 'on or off' })
  readonly LIMITS: 'on' | 'off' = 'on';

  /** Messages a second and connection; 0: no limit. */
  @IntegerInRange(0, 1_000_000)
  readonly MESSAGE_RATE: number = 20;

  /** Messages at once and connection. */
  @IntegerInRange(1, 1_000_000)
  readonly MESSAGE_BURST: number = 100;

  /** Messages a second and client address; 0: no limit. */
  @IntegerInRange(0, 1_000_000)
  readonly MESSAGE_RATE_PER_IP: number = 400;

  /** WebSocket frames a second and connection, control frames included; more are read later. 0: no limit. */
  @IntegerInRange(0, 1_000_000)
  readonly FRAME_RATE: number = 100;

  /** The same per client address; 0: no limit. */
  @IntegerInRange(0, 1_000_000)
  readonly FRAME_RATE_PER_IP: number = 2_000;

  /** The same for the whole process; 0: no limit. */
  @IntegerInRange(0, 10_000_000)
  readonly FRAME_RATE_TOTAL: number = 50_000;

  /** Refused frames after which a connection is closed with 1008; one is forgotten each second. 0: no limit. */
  @IntegerInRange(0, 1_000_000)
  readonly MAX_REFUSED_FRAMES: number = 100;

  /** New names a minute and client address; 0: no limit. */
  @IntegerInRange(0, 1_000_000)
  readonly NAME_RATE_PER_IP: number = 300;

  /** WebSocket handshakes and event streams a minute and client address; 0: no limit. */
  @IntegerInRange(0, 1_000_000)
  readonly HANDSHAKE_RATE_PER_IP: number = 600;

  /** KiB of stored messages a second and client address, over REST and in replays; 0: no limit. */
  @IntegerInRange(0, 10_000_000)
  readonly HISTORY_RATE_PER_IP: number = 4_096;

  /** HTTP requests a minute and client address; 0: no limit. */
  @IntegerInRange(0, 1_000_000)
  readonly HTTP_RATE: number = 6_000;

  /** Open WebSocket connections and event streams; 0: no limit. */
  @IntegerInRange(0, 10_000_000)
  readonly MAX_CONNECTIONS: number = 20_000;

  /** The same per client address; 0: no limit. */
  @IntegerInRange(0, 10_000_000)
  readonly MAX_CONNECTIONS_PER_IP: number = 500;

  /** MiB that wait for all readers together; beyond it the readers with the largest backlogs are closed. */
  @IntegerInRange(8, 1_048_576)
  readonly MAX_UNSENT_MIB: number = 128;

  /** Users present up to whom protocol v2 tells each by name; beyond, only how many there are. */
  @IntegerInRange(0, 100_000)
  readonly MAX_PRESENT_NAMES: number = 1_000;

  /** Seconds between pings; a connection silent for two of them is dropped. */
  @IntegerInRange(1, 3600)
  readonly HEARTBEAT_SECONDS: number = 30;

  /** Unsent bytes after which a reader gets no more live messages and is caught up from the log instead. */
  @IntegerInRange(1024, 1_073_741_824)
  readonly SLOW_CONSUMER_BYTES: number = 1_048_576;

  /** Seconds in which a reader must take all that waited for it at their beginning; one that does not is dropped. */
  @IntegerInRange(1, 3600)
  readonly STALLED_READER_SECONDS: number = 60;

  /** Messages replayed to a reader that is behind; what is older is left out. */
  @IntegerInRange(1, 1_000_000)
  readonly REPLAY_LIMIT: number = 10_000;

  /** Seconds from SIGTERM to the exit at the latest. */
  @IntegerInRange(1, 3600)
  readonly SHUTDOWN_GRACE_SECONDS: number = 10;

  /** Seconds for which an idle HTTP connection is kept; longer than the balancer in front keeps it (often 60). */
  @IntegerInRange(1, 3600)
  readonly KEEP_ALIVE_SECONDS: number = 75;

  /** Secret of all replicas by which they know each other's messages; empty: one that they keep in the database. */
  @Matches(/^(|.{32,})$/s, { message: 'at least 32 characters' })
  readonly CLUSTER_SECRET: string = '';

  /** Which proxies may name the client's address, as Express takes it: true, false, a number of hops, or addresses. */
  @IsTrustProxy()
  readonly TRUST_PROXY: string = 'false';

  /** The least important level that is logged. */
  @IsIn(LOG_LEVELS, { message: LOG_LEVELS.join(', ') })
  readonly LOG_LEVEL: (typeof LOG_LEVELS)[number] = 'info';

  /** `on`: a log line for each HTTP request and WebSocket connection. */
  @IsIn(['on', 'off'], { message: 'on or off' })
  readonly ACCESS_LOG: 'on' | 'off' = 'off';

  /** One JSON object a line, or coloured text; the default depends on whether a terminal reads it. */
  @IsIn(LOG_FORMATS, { message: 'json or pretty' })
  readonly LOG_FORMAT: (typeof LOG_FORMATS)[number] = process.stdout.isTTY ? 'pretty' : 'json';
}
