import 'reflect-metadata';
import type { Server as HttpServer } from 'node:http';
import { Module, UsePipes, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { WsAdapter } from '@nestjs/platform-ws';
import { InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import {
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WebSocketServer as InjectServer,
  WsException,
} from '@nestjs/websockets';
import type { Database } from 'better-sqlite3';
import { IsString } from 'class-validator';
import { Column, Entity, PrimaryGeneratedColumn, Repository } from 'typeorm';
import { WebSocket, type WebSocketServer } from 'ws';
import { databasePath, HOST, reportReady, synchronous } from './environment';

/** A chat as the Nest documentation builds one: gateway, WsAdapter, validation pipe, TypeORM repository. */
@Entity()
class Message {
  @PrimaryGeneratedColumn()
  id: number;

  @Column()
  username: string;

  @Column()
  message: string;

  @Column()
  timestamp: Date;
}

class ChatMessageDto {
  @IsString()
  username: string;

  @IsString()
  message: string;
}

@WebSocketGateway({ path: '/ws' })
class ChatGateway {
  @InjectServer()
  server: WebSocketServer;

  constructor(@InjectRepository(Message) private readonly messages: Repository<Message>) {}

  @UsePipes(new ValidationPipe({ exceptionFactory: (errors) => new WsException(errors) }))
  @SubscribeMessage('chat_message')
  async say(@MessageBody() body: ChatMessageDto): Promise<void> {
    const { username, message, timestamp } = await this.messages.save({ ...body, timestamp: new Date() });
    for (const client of this.server.clients) {
      if (client.readyState === WebSocket.OPEN) {
        client.send(JSON.stringify({ type: 'chat_message', username, message, timestamp }));
      }
    }
  }
}

@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'better-sqlite3',
      database: databasePath,
      enableWAL: true,
      prepareDatabase: (database: Database) => void database.pragma(`synchronous = ${synchronous}`),
      entities: [Message],
      synchronize: true,
    }),
    TypeOrmModule.forFeature([Message]),
  ],
  providers: [ChatGateway],
})
class AppModule {}

/** The API document's frames are flat: `{type, …}` instead of Nest's `{event, data}`. */
function parseFrame(data: unknown): { event: string; data: unknown } {
  const { type, ...body } = JSON.parse(String(data)) as { type: string };
  return { event: type, data: body };
}

async function start(): Promise<void> {
  const app = await NestFactory.create(AppModule, { logger: ['error'] });
  app.useWebSocketAdapter(new WsAdapter(app, { messageParser: parseFrame }));
  await app.listen(0, HOST);
  reportReady(app.getHttpServer() as HttpServer);
}

void start();
