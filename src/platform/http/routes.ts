import { Injectable, RequestMethod, type Type } from '@nestjs/common';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import type { Request } from 'express';
import type { RouteMark } from './route-marks';

export interface Route {
  readonly method: string;
  /** The pattern, `/api/messages/user/:username`. */
  readonly path: string;
  readonly controller: Type;
  readonly handler: object;
}

/** Keys of the metadata that `@Controller()` and `@Get()` leave; Nest has no public name for them. */
const PATH = 'path';
const METHOD = 'method';

/**
 * The list of all routes, read from the controllers before the first request. Owns the knowledge of a request's route before
 * Express has matched it. Must not know what a mark means. Static files and Swagger UI are not routes.
 */
@Injectable()
export class Routes {
  readonly all: readonly Route[];
  private readonly marked = new Map<RouteMark, ReadonlySet<string>>();

  constructor(
    discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {
    this.all = discovery.getControllers().flatMap(({ metatype }) => this.routesOf(metatype as Type));
    for (const mark of ['probe', 'answered-while-draining'] as const) this.marked.set(mark, this.pathsWith(mark));
  }

  /** Whether the path is that of a route with this mark. */
  isMarked(mark: RouteMark, path: string): boolean {
    return this.marked.get(mark)!.has(canonical(path));
  }

  private routesOf(controller: Type): Route[] {
    const prototype = controller.prototype as Record<string, object>;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = prototype[name]!;
      const method = Reflect.getMetadata(METHOD, handler) as RequestMethod | undefined;
      if (method === undefined) return [];
      const parts = [controller, handler].map((part) => String(Reflect.getMetadata(PATH, part)).split('/'));
      const path = `/${parts.flat().filter(Boolean).join('/')}`;
      return [{ method: RequestMethod[method], path, controller, handler }];
    });
  }

  private pathsWith(mark: RouteMark): ReadonlySet<string> {
    const routes = this.all.filter(({ controller, handler }) =>
      this.reflector.getAllAndOverride(mark, [handler as () => void, controller]),
    );
    const parameterised = routes.find(({ path }) => path.includes(':'));
    if (parameterised) throw new Error(`${parameterised.path}: a route with parameters cannot be marked "${mark}"`);
    return new Set(routes.map(({ path }) => canonical(path)));
  }
}

/** The form in which Express compares paths: case-insensitive, without a trailing slash. */
function canonical(path: string): string {
  const lower = path.toLowerCase();
  return lower.length > 1 && lower.endsWith('/') ? lower.slice(0, -1) : lower;
}

/** The pattern of the route that Express matched, else `none`. Unlike the URL it never contains client input. */
export function routeOf(request: Request): string {
  return (request.route as { path?: string } | undefined)?.path ?? 'none';
}
