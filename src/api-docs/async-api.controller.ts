import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { ASYNC_API } from './async-api-document';
import { asyncApiPage } from './async-api-page';
import { Public } from '../platform/http/route-access';

/** The AsyncAPI document, as JSON and as a page. */
@ApiExcludeController()
@Public()
@Controller('docs')
export class AsyncApiController {
  private readonly page = asyncApiPage();

  @Get('asyncapi.json')
  document(): typeof ASYNC_API {
    return ASYNC_API;
  }

  @Get('ws')
  @Header('Content-Type', 'text/html; charset=utf-8')
  show(): string {
    return this.page;
  }
}
