import { Global, Module } from '@nestjs/common';
import { AddressBudgets } from './address-budgets';
import { AnswersInTurn } from './answers-in-turn';
import { BodyChunks } from './body-chunks';
import { HistoryRate } from './history-rate';
import { HttpAnswers } from './http-answers';
import { HttpIntake } from './http-intake';
import { EventLoopBudget } from './event-loop-budget';
import { SenderRates } from './sender-rates';

const LIMITS = [
  AddressBudgets,
  AnswersInTurn,
  BodyChunks,
  HistoryRate,
  HttpAnswers,
  HttpIntake,
  EventLoopBudget,
  SenderRates,
];

/** Limits on one client's use of shared resources. */
@Global()
@Module({ providers: LIMITS, exports: LIMITS })
export class LimitsModule {}
