import { Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { AppError } from '../errors/app-error';
import { Drain } from '../lifecycle/drain';
import { Routes } from './routes';

/** Refuses new requests with 503 once the shutdown has begun, except on routes marked to be answered to the end. */
@Injectable()
export class RefuseWhileDraining implements NestMiddleware {
  constructor(
    private readonly drain: Drain,
    private readonly routes: Routes,
  ) {}

  use({ path }: Request, _response: Response, next: NextFunction): void {
    const isRefused =
      this.drain.active &&
      !this.routes.isMarked('probe', path) &&
      !this.routes.isMarked('answered-while-draining', path);
    next(isRefused ? new AppError('draining') : undefined);
  }
}
