import { Global, Module } from '@nestjs/common';
import { AnswersUnderWay } from './http/answers-under-way';
import { Clock } from './lifecycle/clock';
import { Drain } from './lifecycle/drain';

@Global()
@Module({ providers: [AnswersUnderWay, Clock, Drain], exports: [AnswersUnderWay, Clock, Drain] })
export class PlatformModule {}
