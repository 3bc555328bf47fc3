import { AccessSettings } from './sections/access.settings';
import { ChatSettings } from './sections/chat.settings';
import { ClusterSettings } from './sections/cluster.settings';
import { LimitsSettings } from './sections/limits.settings';
import { LoggingSettings } from './sections/logging.settings';
import { ServerSettings } from './sections/server.settings';
import { StorageSettings } from './sections/storage.settings';

/** The sections by their titles, in the order of the documents. */
export const SECTIONS = {
  Server: ServerSettings,
  Storage: StorageSettings,
  Cluster: ClusterSettings,
  Chat: ChatSettings,
  Access: AccessSettings,
  Limits: LimitsSettings,
  Logging: LoggingSettings,
} as const;

type Intersection<Union> = (Union extends unknown ? (one: Union) => void : never) extends (all: infer All) => void
  ? All
  : never;
type AllSettings = Intersection<InstanceType<(typeof SECTIONS)[keyof typeof SECTIONS]>>;

/**
 * Every setting by the name of its environment variable; a new instance has the defaults. Each is declared in one file of
 * `sections`, with its default, its rules and its documentation.
 */
export class Settings extends (Object as unknown as new () => AllSettings) {
  constructor() {
    super();
    for (const Section of Object.values(SECTIONS)) Object.assign(this, new Section());
  }
}
