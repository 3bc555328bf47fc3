import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { Clock } from '../common/clock';
import { Settings } from '../config/settings';
import { Metrics } from '../metrics/metrics';
import { ClusterBus } from './cluster-bus';
import { ClusterHealth } from './cluster.health';
import { makeBus } from './make-bus';

@Module({
  imports: [TerminusModule],
  providers: [{ provide: ClusterBus, inject: [Settings, Metrics, Clock], useFactory: makeBus }, ClusterHealth],
  exports: [ClusterBus, ClusterHealth],
})
export class ClusterModule {}
