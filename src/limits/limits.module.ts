import { Global, Module } from '@nestjs/common';
import { AddressBudgets } from './address-budgets';
import { AnswersInTurn } from './answers-in-turn';
import { HttpAnswers } from './http-answers';

/** What one client may take of what is everybody's. */
@Global()
@Module({
  providers: [AddressBudgets, AnswersInTurn, HttpAnswers],
  exports: [AddressBudgets, AnswersInTurn, HttpAnswers],
})
export class LimitsModule {}
