import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { ChatModule } from '../chat/chat.module';
import { ClusterModule } from '../cluster/cluster.module';
import { MessagesModule } from '../messages/messages.module';
import { StatsModule } from '../stats/stats.module';
import { HealthController } from './health.controller';
import { HealthService } from './health.service';

@Module({
  // The result says what is wrong; a log line per failed probe would only repeat it every few seconds.
  imports: [TerminusModule.forRoot({ logger: false }), ClusterModule, MessagesModule, ChatModule, StatsModule],
  controllers: [HealthController],
  providers: [HealthService],
})
export class HealthModule {}
