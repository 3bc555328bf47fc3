import { IsIn } from 'class-validator';
import { FromFile, Setting } from '../setting.decorator';
import { IsDatabaseUrl } from '../setting-rules';

export class StorageSettings {
  @Setting('Database. A relative SQLite path is relative to the working directory; a missing folder is created.')
  @IsDatabaseUrl()
  @FromFile()
  readonly DATABASE_URL: string = 'sqlite:data/chat.sqlite';

  @Setting(
    'SQLite only. full: an acknowledged message is flushed to stable storage. normal: a power failure may lose the last moments, a crash may not.',
  )
  @IsIn(['full', 'normal'], { message: 'full or normal' })
  readonly SQLITE_SYNCHRONOUS: 'full' | 'normal' = 'full';
}
