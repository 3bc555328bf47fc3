import { Global, Module } from '@nestjs/common';
import { AddressBudgets } from './address-budgets';
import { AnswersInTurn } from './answers-in-turn';
import { BodyPieces } from './body-pieces';
import { HistoryRate } from './history-rate';
import { HttpAnswers } from './http-answers';
import { HttpIntake } from './http-intake';
import { Turns } from './turns';

/** Limits on what one client may take of shared resources. */
@Global()
@Module({
  providers: [AddressBudgets, AnswersInTurn, BodyPieces, HistoryRate, HttpAnswers, HttpIntake, Turns],
  exports: [AddressBudgets, AnswersInTurn, BodyPieces, HistoryRate, HttpAnswers, HttpIntake, Turns],
})
export class LimitsModule {}
