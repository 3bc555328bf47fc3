import { Module } from '@nestjs/common';
import { ClusterBus } from './cluster-bus';

@Module({ providers: [ClusterBus], exports: [ClusterBus] })
export class ClusterModule {}
