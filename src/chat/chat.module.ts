import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { AccessModule } from '../access/access.module';
import { ClusterModule } from '../cluster/cluster.module';
import { MessagesModule } from '../messages/messages.module';
import { Admission } from './sessions/admission';
import { CHANNEL_PROVIDERS } from './channels';
import { Capacity } from './sessions/capacity';
import { ChatGateway } from './gateway/chat.gateway';
import { ChatHealth } from './chat.health';
import { ChatService } from './gateway/chat.service';
import { ErrorReplies } from './gateway/error-replies';
import { EventStreamsController } from './sse/event-streams.controller';
import { EventStreamsService } from './sse/event-streams.service';
import { FramePolicies } from './gateway/frame-policies';
import { FrameRouter } from './gateway/frame-router';
import { GracefulShutdown } from './gateway/graceful-shutdown';
import { FrameRates } from './sessions/frame-budget';
import { Heartbeat } from './gateway/heartbeat';
import { OpenSessions } from './sessions/open-sessions';
import { RateLimits } from './sessions/rate-limits';
import { StalledReaders } from './delivery/stalled-readers';
import { UnfinishedMessages } from './sessions/unfinished-messages';
import { UnsentBytes } from './gateway/unsent-bytes';
import { UpgradeController } from './gateway/upgrade.controller';

@Module({
  imports: [AccessModule, MessagesModule, ClusterModule, TerminusModule],
  controllers: [EventStreamsController, UpgradeController],
  providers: [
    ChatGateway,
    FrameRouter,
    FramePolicies,
    ChatService,
    Admission,
    Capacity,
    FrameRates,
    RateLimits,
    UnfinishedMessages,
    UnsentBytes,
    OpenSessions,
    ...CHANNEL_PROVIDERS,
    EventStreamsService,
    Heartbeat,
    StalledReaders,
    GracefulShutdown,
    ErrorReplies,
    ChatHealth,
  ],
  exports: [ChatHealth],
})
export class ChatModule {}
