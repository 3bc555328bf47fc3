import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { APP_NAME, APP_VERSION } from '../settings/version';

/** The OpenAPI 3 document of the REST routes; `docs/openapi.json` is its committed copy. */
export function apiDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle(APP_NAME)
    .setDescription(
      'Messages, moderation and status over HTTP. Real-time communication is on the [WebSocket `/ws`](/docs/ws).',
    )
    .setVersion(APP_VERSION)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addTag('health', 'Health and status')
    .addTag('messages', 'Stored messages')
    .addTag('access', 'Signing in')
    .addTag('moderation', 'Mutes, bans and the messages of one user, for moderators')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'An access token; required if the server is configured for it (docs/access.md)',
    })
    .build();
  return SwaggerModule.createDocument(app, config);
}

/** The document at `/docs` for people and at `/docs-json` for programs. */
export function serveApiDocument(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => apiDocument(app), { customSiteTitle: `${APP_NAME} API`, raw: ['json'] });
}
