import { Global, Module } from '@nestjs/common';
import { AddressBudgets } from './address-budgets';
import { AnswersInTurn } from './answers-in-turn';
import { BodyPieces } from './body-pieces';
import { HistoryRate } from './history-rate';
import { HttpAnswers } from './http-answers';

/** What one client may take of what is everybody's. */
@Global()
@Module({
  providers: [AddressBudgets, AnswersInTurn, BodyPieces, HistoryRate, HttpAnswers],
  exports: [AddressBudgets, AnswersInTurn, BodyPieces, HistoryRate, HttpAnswers],
})
export class LimitsModule {}
