import { Global, Module } from '@nestjs/common';
import { Clock } from './clock';
import { Drain } from './drain';

@Global()
@Module({ providers: [Clock, Drain], exports: [Clock, Drain] })
export class CommonModule {}
