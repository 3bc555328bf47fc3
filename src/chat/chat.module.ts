import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { ClusterModule } from '../cluster/cluster.module';
import { MessagesModule } from '../messages/messages.module';
import { Admission } from './admission';
import { Capacity } from './capacity';
import { AsyncApiController } from './async-api.controller';
import { ChatGateway } from './chat.gateway';
import { ChatHealth } from './chat.health';
import { ChatService } from './chat.service';
import { ClusterPresence } from './cluster-presence';
import { Connections } from './connections';
import { EventStreamsController } from './event-streams.controller';
import { EventStreamsService } from './event-streams.service';
import { Farewell } from './farewell';
import { FrameRates } from './frame-budget';
import { Heartbeat } from './heartbeat';
import { Hub } from './hub';
import { Presence } from './presence';
import { RateLimits } from './rate-limits';
import { Replay } from './replay';
import { Roster } from './roster';
import { SlowReaderLimit } from './slow-reader-limit';
import { StalledReaders } from './stalled-readers';
import { UnfinishedMessages } from './unfinished-messages';
import { UnsentBytes } from './unsent-bytes';
import { UpgradeController } from './upgrade.controller';
import { WsErrorFilter } from './ws-error.filter';

@Module({
  imports: [MessagesModule, ClusterModule, TerminusModule],
  controllers: [EventStreamsController, AsyncApiController, UpgradeController],
  providers: [
    ChatGateway,
    ChatService,
    Admission,
    Capacity,
    FrameRates,
    RateLimits,
    UnfinishedMessages,
    SlowReaderLimit,
    UnsentBytes,
    Connections,
    Hub,
    Replay,
    Presence,
    Roster,
    ClusterPresence,
    EventStreamsService,
    Heartbeat,
    StalledReaders,
    Farewell,
    WsErrorFilter,
    ChatHealth,
  ],
  exports: [ChatHealth],
})
export class ChatModule {}
