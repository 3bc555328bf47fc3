import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { getDataSourceToken, TypeOrmModule } from '@nestjs/typeorm';
import { DatabaseHealth } from './database.health';
import { Storage, WRITABLE } from './storage';

/** Nest destroys a module's imports last: the reservation ends when both DataSources are closed. */
@Module({})
class ReservationModule implements OnApplicationShutdown {
  constructor(@Inject(Storage) private readonly storage: Storage) {}

  onApplicationShutdown(): void {
    this.storage.release();
  }
}

/**
 * Provides the `Storage` and two DataSources: the default one reads, the one named `WRITABLE` writes single rows. Opens the
 * writable one first, since it migrates.
 */
@Module({})
export class StorageModule {
  static with(storage: Storage): DynamicModule {
    const reservation: DynamicModule = {
      module: ReservationModule,
      providers: [{ provide: Storage, useValue: storage }],
      exports: [Storage],
    };
    // The storage retries where it makes sense.
    const useFactory = () => ({ toRetry: () => false });
    return {
      module: StorageModule,
      global: true,
      imports: [
        TypeOrmModule.forRootAsync({
          name: WRITABLE,
          imports: [reservation],
          useFactory,
          dataSourceFactory: () => storage.openWritable(),
        }),
        TypeOrmModule.forRootAsync({
          imports: [reservation],
          inject: [getDataSourceToken(WRITABLE)],
          useFactory,
          dataSourceFactory: () => storage.openReading(),
        }),
        reservation,
        TerminusModule,
      ],
      providers: [DatabaseHealth],
      exports: [DatabaseHealth, reservation],
    };
  }
}
