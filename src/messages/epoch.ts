import { Injectable, type OnModuleInit } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { ChatEpoch } from '../storage/entities/change.entity';
import { Storage } from '../storage/storage';

/** The random identity of the database: positions of another database mean nothing in this one. */
@Injectable()
export class Epoch implements OnModuleInit {
  value = '';

  constructor(
    @InjectRepository(ChatEpoch) private readonly epochs: Repository<ChatEpoch>,
    private readonly storage: Storage,
  ) {}

  async onModuleInit(): Promise<void> {
    const row = await this.storage.retryUntilAvailable(() => this.epochs.findOneByOrFail({ id: 1 }));
    this.value = row.epoch;
  }
}
