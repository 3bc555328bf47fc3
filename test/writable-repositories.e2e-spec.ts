import { Injectable, Module } from '@nestjs/common';
import { LazyModuleLoader } from '@nestjs/core';
import { InjectDataSource, InjectRepository, TypeOrmModule } from '@nestjs/typeorm';
import type { DataSource, Repository } from 'typeorm';
import { MessageLog } from '../src/messages/log/message-log';
import { DayStats } from '../src/storage/entities/stats.entity';
import { WRITABLE } from '../src/storage/storage';
import { append } from './support/append';
import { holdWrites, isPostgres, rowsOf } from './support/database';
import { startServer, type TestServer } from './support/server';

/** A module that stores rows, written like any feature module. */
@Injectable()
class Days {
  constructor(
    @InjectRepository(DayStats, WRITABLE) readonly repository: Repository<DayStats>,
    @InjectDataSource(WRITABLE) readonly dataSource: DataSource,
  ) {}
}

@Module({ imports: [TypeOrmModule.forFeature([DayStats], WRITABLE)], providers: [Days] })
class DaysModule {}

const day = (i: number) => ({ day: `1999-01-${String(i + 1).padStart(2, '0')}`, messages: 0 });
const range = (count: number) => Array.from({ length: count }, (_, i) => i);
const DAYS = `SELECT day FROM stats_days WHERE day < '2000' ORDER BY day`;

let server: TestServer;
let days: Days;
beforeEach(async () => {
  server = await startServer();
  const module = await server.app.get(LazyModuleLoader).load(() => DaysModule);
  days = module.get(Days);
});
afterEach(() => server.stop());

it('[D10] an injected repository saves, updates and removes rows', async () => {
  await days.repository.save([day(0), day(1)]);
  await days.repository.save({ ...day(0), messages: 7 });
  await days.repository.delete(day(1).day);
  expect(await rowsOf(server.database, 'SELECT day, messages FROM stats_days')).toEqual([{ ...day(0), messages: 7 }]);
});

it('[D10] concurrent saves and batches of messages are all stored', async () => {
  const log = server.app.get(MessageLog);
  const messages = Promise.all(range(500).map((i) => append(log, 'max', String(i))));
  // Five at a time: saves take turns and wait at most 900 ms each, on a slow machine not enough for nineteen others.

  for (const first of [0, 5, 10, 15]) {
    await Promise.all(range(5).map((i) => days.repository.save(day(first + i))));
  }
  expect((await messages).map(({ id }) => id)).toEqual(range(500).map((i) => i + 1));
  expect(await rowsOf(server.database, DAYS)).toEqual(range(20).map((i) => ({ day: day(i).day })));
});

it('[D10] a failed transaction rolls back only its own rows', async () => {
  const failing = days.dataSource.transaction(async (manager) => {
    await manager.save(DayStats, day(0));
    await new Promise(setImmediate);
    throw new Error('on purpose');
  });
  const others = range(5).map((i) => days.repository.save(day(i + 1)));
  await expect(failing).rejects.toThrow('on purpose');
  await Promise.all(others);
  expect(await rowsOf(server.database, DAYS)).toEqual(range(5).map((i) => ({ day: day(i + 1).day })));
});

it('[D10] a repository used from outside an open transaction times out', async () => {
  const nested = days.dataSource.transaction(async () => {
    await days.repository.save(day(0));
  });
  await expect(nested).rejects.toThrow(/waiting for another transaction|timeout exceeded/);
  await days.repository.save(day(1));
  expect(await rowsOf(server.database, DAYS)).toEqual([{ day: day(1).day }]);
});

if (!isPostgres) {
  it('[D10] while another program writes to the SQLite file, a save waits without blocking the process', async () => {
    const release = await holdWrites(server.database);
    const saved = days.repository.save(day(0));
    // If the save blocked the event loop, this would run only after the save had failed.
    for (let round = 0; round < 100; round++) await new Promise(setImmediate);
    await release();
    await saved;
    expect(await rowsOf(server.database, DAYS)).toEqual([{ day: day(0).day }]);
  });
}
