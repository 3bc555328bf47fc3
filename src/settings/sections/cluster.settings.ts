import { Matches } from 'class-validator';
import { FromFile, Setting } from '../setting.decorator';
import { IsRedisUrl } from '../setting-rules';

export class ClusterSettings {
  @Setting('Redis that carries messages between replicas instead of PostgreSQL notifications. It stores nothing.')
  @IsRedisUrl()
  @FromFile()
  readonly REDIS_URL: string = '';

  @Setting(
    'Secret with which replicas sign their messages to each other, the same on all of them. Empty: the secret kept in the database.',
  )
  @Matches(/^(|.{32,})$/s, { message: 'at least 32 characters' })
  @FromFile()
  readonly CLUSTER_SECRET: string = '';
}
