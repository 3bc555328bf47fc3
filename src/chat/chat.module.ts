import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { MessagesModule } from '../messages/messages.module';
import { Admission } from './admission';
import { ChatGateway } from './chat.gateway';
import { ChatHealth } from './chat.health';
import { ChatService } from './chat.service';
import { Farewell } from './farewell';
import { Heartbeat } from './heartbeat';
import { Hub } from './hub';
import { Presence } from './presence';
import { WsErrorFilter } from './ws-error.filter';

@Module({
  imports: [MessagesModule, TerminusModule],
  providers: [ChatGateway, ChatService, Admission, Hub, Presence, Heartbeat, Farewell, WsErrorFilter, ChatHealth],
  exports: [ChatHealth],
})
export class ChatModule {}
