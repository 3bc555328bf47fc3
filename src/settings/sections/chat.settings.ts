import { IntegerInRange } from '../../platform/http/integer-in-range.decorator';
import { Setting } from '../setting.decorator';
import { FitsLongestMessage, frameBytesFor } from '../setting-rules';

export class ChatSettings {
  @Setting('Code points in a message.')
  @IntegerInRange(1, 1_000_000)
  readonly MAX_MESSAGE_LENGTH: number = 4000;

  @Setting(
    'Bytes in a WebSocket message; a longer one closes the connection with 1009. The default follows MAX_MESSAGE_LENGTH: 12 bytes per code point, as two \\u escapes take, and 2,048 for the rest of the frame.',
  )
  @IntegerInRange(256, 16_777_216)
  @FitsLongestMessage()
  readonly MAX_FRAME_BYTES: number = frameBytesFor(4000);

  @Setting('Messages replayed to a reader that is behind; older ones are left out, and the reader is told.')
  @IntegerInRange(1, 1_000_000)
  readonly REPLAY_LIMIT: number = 10_000;

  @Setting('Users present up to which protocol v2 names each of them; beyond, it only counts them.')
  @IntegerInRange(0, 100_000)
  readonly MAX_PRESENT_NAMES: number = 1_000;

  @Setting('Seconds between pings; a connection that is silent for two of them is dropped.')
  @IntegerInRange(1, 3600)
  readonly HEARTBEAT_SECONDS: number = 30;
}
