import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { AccessModule } from '../access/access.module';
import { ChatModule } from '../chat/chat.module';
import { ClusterModule } from '../cluster/cluster.module';
import { MessagesModule } from '../messages/messages.module';
import { HealthController } from './health.controller';
import { HealthMetrics } from './health.metrics';
import { HealthService } from './health.service';

@Module({
  // Without a logger: the result says what is wrong, and a log line per failed probe would repeat it every few seconds.
  imports: [TerminusModule.forRoot({ logger: false }), AccessModule, ClusterModule, MessagesModule, ChatModule],
  controllers: [HealthController],
  providers: [HealthMetrics, HealthService],
})
export class HealthModule {}
