import { FromFile, Setting } from '../setting.decorator';
import { IsRedisUrl, IsSecret } from '../setting-rules';

export class ClusterSettings {
  @Setting('Redis that carries messages between replicas instead of PostgreSQL notifications. It stores nothing.')
  @IsRedisUrl()
  @FromFile()
  readonly REDIS_URL: string = '';

  @Setting(
    'Secret with which replicas sign their messages to each other, the same on all of them. Empty: the secret kept in the database.',
  )
  @IsSecret()
  @FromFile()
  readonly CLUSTER_SECRET: string = '';
}
