import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Clock } from '../platform/lifecycle/clock';
import { Settings } from '../settings/settings';
import { Metrics } from '../platform/metrics/metrics';
import { Storage } from '../storage/storage';
import { ClusterBus } from './cluster-bus';
import { ClusterHealth } from './cluster.health';
import { createBus } from './create-bus';

@Module({
  imports: [TerminusModule],
  providers: [
    { provide: ClusterBus, inject: [Settings, Storage, Metrics, Clock], useFactory: createBus },
    ClusterHealth,
  ],
  exports: [ClusterBus, ClusterHealth],
})
export class ClusterModule {}
