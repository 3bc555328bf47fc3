import { Controller, Get, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Response } from 'express';
import { AppError } from '../../platform/errors/app-error';
import { UPGRADE_HEADERS } from './upgrade';
import { Public } from '../../platform/http/route-access';

/** `/ws` without an upgrade: a plain request, or a proxy that has removed the `Upgrade` header. */
@ApiExcludeController()
@Public()
@Controller('ws')
export class UpgradeController {
  @Get()
  refuse(@Res() response: Response): never {
    // With `Upgrade` alone, Node would keep a connection that its client wants closed.
    response.set({ ...UPGRADE_HEADERS, Connection: response.shouldKeepAlive ? 'Upgrade' : 'Upgrade, close' });
    throw new AppError('upgrade_required');
  }
}
