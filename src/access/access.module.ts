import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Clock } from '../platform/lifecycle/clock';
import { Settings } from '../settings/settings';
import { Author, OwnedName } from '../storage/entities/author.entity';
import { WRITABLE } from '../storage/storage';
import { Access } from './access';
import { AccessHealth } from './access.health';
import { AccessGuard } from './access.guard';
import { Authenticator } from './authenticator';
import { Authors } from './authors';
import { Credentials } from './credentials';
import { FailedAttempts } from './failed-attempts';
import { GuestNames } from './guest-names';
import { NamesInUse } from './names-in-use';
import { ProxyUsers } from './proxy-users';
import { RequestAuthenticator } from './request-authenticator';
import { Keys } from './tokens/keys';
import { TokenVerifier } from './tokens/token-verifier';

/** Authentication, permissions, and the ownership of names. */
@Module({
  imports: [
    TypeOrmModule.forFeature([Author, OwnedName]),
    TypeOrmModule.forFeature([Author, OwnedName], WRITABLE),
    TerminusModule,
  ],
  providers: [
    Access,
    AccessHealth,
    Authors,
    Authenticator,
    Credentials,
    FailedAttempts,
    GuestNames,
    NamesInUse,
    ProxyUsers,
    RequestAuthenticator,
    { provide: APP_GUARD, useClass: AccessGuard },
    { provide: Keys, inject: [Settings, Clock], useFactory: (...from: [Settings, Clock]) => Keys.open(...from) },
    {
      provide: TokenVerifier,
      inject: [Keys, Settings],
      useFactory: ({ source }: Keys, { AUTH_ISSUER, AUTH_AUDIENCE }: Settings) =>
        new TokenVerifier(source, AUTH_ISSUER, AUTH_AUDIENCE),
    },
  ],
  exports: [Access, AccessHealth, Authenticator, Credentials, GuestNames, NamesInUse, RequestAuthenticator],
})
export class AccessModule {}
