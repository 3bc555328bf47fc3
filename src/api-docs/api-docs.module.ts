import { Module } from '@nestjs/common';
import { AsyncApiController } from './async-api.controller';

@Module({ controllers: [AsyncApiController] })
export class ApiDocsModule {}
