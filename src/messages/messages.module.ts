import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessModule } from '../access/access.module';
import { ChangeRequests } from './change-requests';
import { Epoch } from './epoch';
import { ClusterModule } from '../cluster/cluster.module';
import { Clock } from '../platform/lifecycle/clock';
import { Metrics } from '../platform/metrics/metrics';
import { StatsModule } from '../stats/stats.module';
import { ChangedMessages } from './changed-messages';
import { InFlightAppend } from './log/in-flight-append';
import { StoredChanges } from './feed/stored-changes';
import { StoredFeed } from './feed/stored-feed';
import { MessageLog } from './log/message-log';
import { MessageLogHealth } from './log/message-log.health';
import { Change, ChatEpoch } from '../storage/entities/change.entity';
import { Message, MessageHead } from '../storage/entities/message.entity';
import { MessageReader } from './message-reader';
import { MessageController } from './message.controller';
import { MessagesController } from './messages.controller';
import { MessagesService } from './messages.service';
import { ChangesService } from './changes.service';
import { PostsService } from './posts.service';
import { WriteRates } from './write-rates';
import { MessageWriter } from '../storage/message-writer';
import { Storage } from '../storage/storage';

@Module({
  imports: [
    TypeOrmModule.forFeature([Message, MessageHead, Change, ChatEpoch]),
    AccessModule,
    StatsModule,
    ClusterModule,
    TerminusModule,
  ],
  controllers: [MessagesController, MessageController],
  providers: [
    MessagesService,
    MessageReader,
    ChangedMessages,
    PostsService,
    ChangesService,
    WriteRates,
    MessageLog,
    StoredFeed,
    StoredChanges,
    ChangeRequests,
    Epoch,
    InFlightAppend,
    {
      provide: MessageWriter,
      inject: [Storage, Clock, Metrics],
      useFactory: (storage: Storage, clock: Clock, metrics: Metrics) => storage.createWriter(clock, metrics),
    },
    MessageLogHealth,
  ],
  exports: [
    MessagesService,
    MessageReader,
    MessageLog,
    StoredFeed,
    StoredChanges,
    ChangeRequests,
    Epoch,
    InFlightAppend,
    MessageLogHealth,
  ],
})
export class MessagesModule {}
