import { Global, Module } from '@nestjs/common';
import { AnswersUnderWay } from './answers-under-way';
import { Clock } from './clock';
import { Drain } from './drain';

@Global()
@Module({ providers: [AnswersUnderWay, Clock, Drain], exports: [AnswersUnderWay, Clock, Drain] })
export class CommonModule {}
