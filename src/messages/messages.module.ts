import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ClusterModule } from '../cluster/cluster.module';
import { StatsModule } from '../stats/stats.module';
import { AppendUnderWay } from './append-under-way';
import { MessageFeed } from './message-feed';
import { MessageLog } from './message-log';
import { MessageLogHealth } from './message-log.health';
import { Message, MessageHead } from './message.entity';
import { MessagesController } from './messages.controller';
import { MessagesService } from './messages.service';
import { MessageWriter } from './message-writer';
import { SqliteWriter } from './sqlite-writer';

@Module({
  imports: [TypeOrmModule.forFeature([Message, MessageHead]), StatsModule, ClusterModule, TerminusModule],
  controllers: [MessagesController],
  providers: [
    MessagesService,
    MessageLog,
    MessageFeed,
    AppendUnderWay,
    { provide: MessageWriter, useClass: SqliteWriter },
    MessageLogHealth,
  ],
  exports: [MessageLog, MessageFeed, MessageLogHealth],
})
export class MessagesModule {}
