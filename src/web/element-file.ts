import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { RequestHandler, Response } from 'express';

const PATH = '/chat-room.js';
/** The custom element as one script; the relative path is the same from the sources and from the build. */
const FILE = join(__dirname, '../../packages/chat-room/dist/chat-room.js');

/**
 * Serves `/chat-room.js` to pages of any site: the script is public, and a module of another origin is loaded with CORS only.
 * It is read once, at the first request. Must not decide who may use the chat: the API and the WebSocket ask `ALLOWED_ORIGINS`
 * when the element connects.
 */
export function elementFile(): RequestHandler {
  let script: Script | undefined;
  return (request, response, next) => {
    const isAsked = request.path === PATH && (request.method === 'GET' || request.method === 'HEAD');
    if (!isAsked || (!script && !existsSync(FILE))) {
      next();
      return;
    }
    script ??= read();
    allowAnySite(response, script);
    if (request.acceptsEncodings('gzip', 'identity') === 'gzip') {
      response.setHeader('Content-Encoding', 'gzip').send(script.gzip);
    } else {
      response.send(script.plain);
    }
  };
}

interface Script {
  readonly plain: Buffer;
  readonly gzip: Buffer;
  /** Hash of the content: container images are often built with the same time for every file. */
  readonly tag: string;
}

function read(): Script {
  const plain = readFileSync(FILE);
  const digest = createHash('sha256').update(plain).digest('base64url').slice(0, 22);
  // Weak, as both encodings share it.
  return { plain, gzip: gzipSync(plain, { level: 9 }), tag: `W/"${digest}"` };
}

function allowAnySite(response: Response, { tag }: Script): void {
  response.setHeader('Access-Control-Allow-Origin', '*');
  // Not `Origin`: a cache needs only one copy for all sites.
  response.setHeader('Vary', 'Accept-Encoding');
  // Revalidated each time, and answered with 304: the element must not stay older than its server.
  response.setHeader('Cache-Control', 'public, no-cache');
  response.setHeader('ETag', tag);
  response.type('text/javascript');
}
