import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccessModule } from '../access/access.module';
import { ClusterModule } from '../cluster/cluster.module';
import { MessagesModule } from '../messages/messages.module';
import { OwnedName } from '../storage/entities/author.entity';
import { ModerationLogEntry, Sanction } from '../storage/entities/moderation.entity';
import { Erasure } from './erasure';
import { MessageExport } from './message-export';
import { ModerationController } from './moderation.controller';
import { ModerationService } from './moderation.service';
import { SanctionReplication } from './sanction-replication';
import { SanctionStore } from './sanction-store';
import { SanctionGuard } from './sanction.guard';
import { Sanctions } from './sanctions';
import { SlowMode } from './slow-mode';
import { UserDataController } from './user-data.controller';
import { UsersController } from './users.controller';

/** Moderators' actions on users and their messages, and their enforcement on requests and frames. */
@Module({
  imports: [
    TypeOrmModule.forFeature([Sanction, ModerationLogEntry, OwnedName]),
    AccessModule,
    ClusterModule,
    MessagesModule,
  ],
  controllers: [ModerationController, UsersController, UserDataController],
  providers: [
    Sanctions,
    SanctionStore,
    SanctionReplication,
    SlowMode,
    ModerationService,
    Erasure,
    MessageExport,
    // Runs after the guard of AccessModule, which is imported first.
    { provide: APP_GUARD, useClass: SanctionGuard },
  ],
  exports: [Sanctions, SanctionReplication, SlowMode],
})
export class ModerationModule {}
