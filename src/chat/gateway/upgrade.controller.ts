import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { AppError } from '../../platform/errors/app-error';
import { UPGRADE_HEADERS } from './upgrade';

/** `/ws` for who does not ask for a WebSocket, or whose proxy has taken that away. */
@ApiExcludeController()
@Controller('ws')
export class UpgradeController {
  @Get()
  refuse(@Res() response: Response): never {
    response.set({ ...UPGRADE_HEADERS, Connection: 'Upgrade' });
    throw new AppError('upgrade_required');
  }
}
