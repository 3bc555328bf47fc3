import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { StatsController } from './stats.controller';
import { TotalStats, UserStats } from '../storage/entities/stats.entity';
import { StatsService } from './stats.service';

@Module({
  imports: [TypeOrmModule.forFeature([TotalStats, UserStats])],
  controllers: [StatsController],
  providers: [StatsService],
  exports: [StatsService],
})
export class StatsModule {}
