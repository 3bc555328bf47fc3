import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClusterModule } from '../cluster/cluster.module';
import { Clock } from '../common/clock';
import { usesPostgres } from '../config/database-url';
import { Settings } from '../config/settings';
import { Metrics } from '../metrics/metrics';
import { StatsModule } from '../stats/stats.module';
import { AppendUnderWay } from './append-under-way';
import { MessageFeed } from './message-feed';
import { MessageLog } from './message-log';
import { MessageLogHealth } from './message-log.health';
import { Message, MessageHead } from './message.entity';
import { MessageReader } from './message-reader';
import { MessagesController } from './messages.controller';
import { MessagesService } from './messages.service';
import { MessageWriter } from './message-writer';
import { PostgresWriter } from './postgres-writer';
import { SqliteWriter } from './sqlite-writer';

@Module({
  imports: [TypeOrmModule.forFeature([Message, MessageHead]), StatsModule, ClusterModule, TerminusModule],
  controllers: [MessagesController],
  providers: [
    MessagesService,
    MessageReader,
    MessageLog,
    MessageFeed,
    AppendUnderWay,
    {
      provide: MessageWriter,
      inject: [Settings, Clock, Metrics],
      useFactory: (settings: Settings, clock: Clock, metrics: Metrics) =>
        usesPostgres(settings) ? new PostgresWriter(settings) : new SqliteWriter(settings, clock, metrics),
    },
    MessageLogHealth,
  ],
  exports: [MessagesService, MessageLog, MessageFeed, MessageLogHealth],
})
export class MessagesModule {}
