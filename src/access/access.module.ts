import { Module } from '@nestjs/common';
import { Access } from './access';

/** Who is it, and what may they do. */
@Module({
  providers: [Access],
  exports: [Access],
})
export class AccessModule {}
