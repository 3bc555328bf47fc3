import { Global, Module } from '@nestjs/common';
import { AddressBudgets } from './address-budgets';

@Global()
@Module({ providers: [AddressBudgets], exports: [AddressBudgets] })
export class LimitsModule {}
