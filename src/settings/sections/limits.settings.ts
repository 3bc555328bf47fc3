import { IsIn } from 'class-validator';
import { IntegerInRange } from '../../platform/http/integer-in-range.decorator';
import { OffWithLimits, Setting } from '../setting.decorator';

export class LimitsSettings {
  @Setting(
    'off: every rate and every limit per client address defaults to 0 (no limit), for load tests and trusted networks. Memory stays bounded.',
  )
  @IsIn(['on', 'off'], { message: 'on or off' })
  readonly LIMITS: 'on' | 'off' = 'on';

  @Setting(
    'Messages per second and connection; with identities also per author, over all of their connections and requests.',
  )
  @OffWithLimits()
  @IntegerInRange(0, 1_000_000)
  readonly MESSAGE_RATE: number = 20;

  @Setting('Messages at once per connection, and per author.')
  @IntegerInRange(1, 1_000_000)
  readonly MESSAGE_BURST: number = 100;

  @Setting('Messages per second and client address.')
  @OffWithLimits()
  @IntegerInRange(0, 1_000_000)
  readonly MESSAGE_RATE_PER_IP: number = 400;

  @Setting('WebSocket frames per second and connection, control frames included; further ones are read later.')
  @OffWithLimits()
  @IntegerInRange(0, 1_000_000)
  readonly FRAME_RATE: number = 100;

  @Setting('WebSocket frames per second and client address.')
  @OffWithLimits()
  @IntegerInRange(0, 1_000_000)
  readonly FRAME_RATE_PER_IP: number = 2_000;

  @Setting('WebSocket frames per second of the whole process.')
  @OffWithLimits()
  @IntegerInRange(0, 10_000_000)
  readonly FRAME_RATE_TOTAL: number = 50_000;

  @Setting('Refused frames after which a connection is closed with 1008; one per second is forgotten.')
  @OffWithLimits()
  @IntegerInRange(0, 1_000_000)
  readonly MAX_REFUSED_FRAMES: number = 100;

  @Setting('New names per minute and client address.')
  @OffWithLimits()
  @IntegerInRange(0, 1_000_000)
  readonly NAME_RATE_PER_IP: number = 300;

  @Setting('WebSocket handshakes and event streams per minute and client address.')
  @OffWithLimits()
  @IntegerInRange(0, 1_000_000)
  readonly HANDSHAKE_RATE_PER_IP: number = 600;

  @Setting(
    'Access tokens per minute and client address that may prove invalid; beyond, unknown tokens are refused unchecked.',
  )
  @OffWithLimits()
  @IntegerInRange(0, 1_000_000)
  readonly AUTH_FAILURE_RATE_PER_IP: number = 120;

  @Setting('KiB of stored messages per second and client address, over REST and in replays.')
  @OffWithLimits()
  @IntegerInRange(0, 10_000_000)
  readonly HISTORY_RATE_PER_IP: number = 4_096;

  @Setting('HTTP requests per minute and client address; probes are exempt.')
  @OffWithLimits()
  @IntegerInRange(0, 1_000_000)
  readonly HTTP_RATE: number = 6_000;

  @Setting('Open WebSocket connections and event streams; 0: no limit.')
  @IntegerInRange(0, 10_000_000)
  readonly MAX_CONNECTIONS: number = 20_000;

  @Setting('Open WebSocket connections and event streams per client address.')
  @OffWithLimits()
  @IntegerInRange(0, 10_000_000)
  readonly MAX_CONNECTIONS_PER_IP: number = 500;

  @Setting('MiB waiting for all readers together; beyond it the readers with the largest backlogs are closed.')
  @IntegerInRange(8, 1_048_576)
  readonly MAX_UNSENT_MIB: number = 128;

  @Setting('Unsent bytes beyond which a reader gets no live messages and is caught up from the log instead.')
  @IntegerInRange(1024, 1_073_741_824)
  readonly SLOW_CONSUMER_BYTES: number = 1_048_576;

  @Setting('Seconds a reader has to take everything that waited for it when they began; otherwise it is dropped.')
  @IntegerInRange(1, 3600)
  readonly STALLED_READER_SECONDS: number = 60;
}
