import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Clock } from '../platform/lifecycle/clock';
import { Settings } from '../settings/settings';
import { Author, OwnedName } from '../storage/entities/author.entity';
import { WRITABLE } from '../storage/storage';
import { Access } from './access';
import { Authenticator } from './authenticator';
import { Authors } from './authors';
import { FailedAttempts } from './failed-attempts';
import { Keys } from './tokens/keys';
import { TokenVerifier } from './tokens/token-verifier';

/** Who is it, and what may they do. */
@Module({
  imports: [TypeOrmModule.forFeature([Author, OwnedName]), TypeOrmModule.forFeature([Author, OwnedName], WRITABLE)],
  providers: [
    Access,
    Authors,
    Authenticator,
    FailedAttempts,
    { provide: Keys, inject: [Settings, Clock], useFactory: (...from: [Settings, Clock]) => Keys.open(...from) },
    {
      provide: TokenVerifier,
      inject: [Keys, Settings],
      useFactory: ({ source }: Keys, { AUTH_ISSUER, AUTH_AUDIENCE }: Settings) =>
        new TokenVerifier(source, AUTH_ISSUER, AUTH_AUDIENCE),
    },
  ],
  exports: [Access, Authenticator],
})
export class AccessModule {}
