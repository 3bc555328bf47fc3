import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { AccessModule } from '../access/access.module';
import { ClusterModule } from '../cluster/cluster.module';
import { MessagesModule } from '../messages/messages.module';
import { ModerationModule } from '../moderation/moderation.module';
import { Admission } from './sessions/admission';
import { Authentication } from './gateway/authentication';
import { CHANNEL_PROVIDERS } from './channels';
import { Capacity } from './sessions/capacity';
import { ChatGateway } from './gateway/chat.gateway';
import { ChatHealth } from './chat.health';
import { ChatService } from './gateway/chat.service';
import { ErrorReplies } from './gateway/error-replies';
import { EventStreamsController } from './sse/event-streams.controller';
import { EventStreamsService } from './sse/event-streams.service';
import { OpenStreams } from './sse/open-streams';
import { FrameAccess } from './gateway/frame-access';
import { FramePolicies } from './gateway/frame-policies';
import { FrameRouter } from './gateway/frame-router';
import { GracefulShutdown } from './gateway/graceful-shutdown';
import { FrameRates } from './sessions/frame-budget';
import { Handshakes } from './sessions/handshakes';
import { Heartbeat } from './gateway/heartbeat';
import { ModerationEffects } from './gateway/moderation-effects';
import { OpenSessions } from './sessions/open-sessions';
import { RateLimits } from './sessions/rate-limits';
import { SessionNames } from './gateway/session-names';
import { SocketChanges } from './gateway/socket-changes';
import { SocketMessages } from './gateway/socket-messages';
import { StalledReaders } from './delivery/stalled-readers';
import { TokenExpiry } from './gateway/token-expiry';
import { Unauthenticated } from './sessions/unauthenticated';
import { UnfinishedMessages } from './sessions/unfinished-messages';
import { UnsentBytes } from './gateway/unsent-bytes';
import { UpgradeController } from './gateway/upgrade.controller';

@Module({
  imports: [AccessModule, MessagesModule, ModerationModule, ClusterModule, TerminusModule],
  controllers: [EventStreamsController, UpgradeController],
  providers: [
    ChatGateway,
    FrameRouter,
    FramePolicies,
    FrameAccess,
    SessionNames,
    Authentication,
    TokenExpiry,
    ChatService,
    SocketChanges,
    SocketMessages,
    Admission,
    Handshakes,
    Unauthenticated,
    Capacity,
    FrameRates,
    RateLimits,
    UnfinishedMessages,
    UnsentBytes,
    OpenSessions,
    ...CHANNEL_PROVIDERS,
    EventStreamsService,
    OpenStreams,
    Heartbeat,
    StalledReaders,
    GracefulShutdown,
    ModerationEffects,
    ErrorReplies,
    ChatHealth,
  ],
  exports: [ChatHealth],
})
export class ChatModule {}
