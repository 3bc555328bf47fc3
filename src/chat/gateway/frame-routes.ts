import 'reflect-metadata';
import { StartupError } from '../../platform/errors/startup-error';
import { Type } from '@sinclair/typebox';
import { frameCheck } from '../protocol/frame-check';
import type { ClientFrame, Feature } from '../protocol/client-frame';
import type { Session } from '../sessions/session';
import { ENHANCERS, FRAME_TYPE, PARAMETERS } from './gateway-metadata';

type Method = (...args: never[]) => unknown;

/** Handling of one frame type of one protocol: schema check, decision, handler. */
export interface Route {
  readonly opensFeed: boolean;
  readonly needs: ClientFrame['needs'];
  /** The frame may have a `token`, which must be verified. */
  readonly takesToken: boolean;
  /** The frame may have a `username`; in other frames a field of that name is unchecked. */
  readonly takesName: boolean;
  /** The frame must have a `username`. */
  readonly isNamed: boolean;
  readonly check: (frame: object) => object;
  readonly decide: (session: Session, frame: object) => string | undefined;
  readonly handle: (session: Session, frame: object, username: string | undefined) => void;
}

export type Routes = ReadonlyMap<string, Route>;

/** Frame types by protocol. */
type FrameTable = Readonly<Record<string, Readonly<Record<string, ClientFrame>>>>;

/**
 * Joins the frame table with the `@SubscribeMessage` methods of the gateway and with the policies; leaves out rows of features
 * that are off, so that their types are unknown.
 * @throws StartupError where a frame type lacks its handler, its policy or its `needs`, a handler lacks its frame type, or Nest's
 * request pipeline is expected to run: the adapter calls the handlers itself, so guards and the like would never run
 */
export function routesOf<Table extends FrameTable>(
  table: Table,
  gateway: object,
  policies: object,
  features: ReadonlySet<Feature>,
): Readonly<Record<keyof Table, Routes>> {
  refuseEnhancers(gateway);
  const handlers = handlersOf(gateway);
  const types = new Set(Object.values(table).flatMap((frames) => Object.keys(frames)));
  for (const [type, method] of handlers) {
    if (!types.has(type)) throw new StartupError(`${nameOf(gateway)}.${method.name} handles "${type}", no frame type`);
  }
  const routes = Object.entries(table).map(([version, frames]) => {
    const rows = Object.entries(frames).map(
      ([type, row]) => [type, row, routeOf(type, row, handlers, gateway, policies, features)] as const,
    );
    const present = rows.filter(([, { onlyWith }]) => onlyWith === undefined || features.has(onlyWith));
    return [version, new Map(present.map(([type, , route]) => [type, route]))];
  });
  return Object.fromEntries(routes) as Record<keyof Table, Routes>;
}

function routeOf(
  type: string,
  { schema, policy, needs, takesToken = false, opensFeed = false }: ClientFrame,
  handlers: ReadonlyMap<string, Method>,
  gateway: object,
  policies: object,
  features: ReadonlySet<Feature>,
): Route {
  const handle = handlers.get(type);
  if (!handle) throw new StartupError(`${nameOf(gateway)} has no @SubscribeMessage('${type}') for that frame type`);
  const decide = (policies as Partial<Record<string, Method>>)[policy];
  if (!decide) throw new StartupError(`frame type "${type}" has no policy: "${policy}" is not in ${nameOf(policies)}`);
  if (!NEEDS.has(needs)) throw new StartupError(`frame type "${type}" does not say what it needs: "needs" is missing`);
  const hasToken = takesToken && features.has('access');
  return {
    opensFeed,
    needs,
    takesToken: hasToken,
    takesName: 'username' in schema.properties,
    isNamed: schema.required?.includes('username') ?? false,
    check: frameCheck(hasToken ? schema : Type.Omit(schema, ['token'])),
    decide: decide.bind(policies) as Route['decide'],
    handle: handle.bind(gateway) as Route['handle'],
  };
}

const NEEDS: ReadonlySet<unknown> = new Set<ClientFrame['needs']>(['read', 'write', 'moderate', 'open']);

function handlersOf(gateway: object): ReadonlyMap<string, Method> {
  const handlers = new Map<string, Method>();
  for (const method of methodsOf(gateway).values()) {
    if (!Reflect.hasMetadata(FRAME_TYPE, method)) continue;
    const type = String(Reflect.getMetadata(FRAME_TYPE, method));
    const other = handlers.get(type);
    if (other) throw new StartupError(`${nameOf(gateway)}.${other.name} and .${method.name} both handle "${type}"`);
    handlers.set(type, method);
  }
  return handlers;
}

function refuseEnhancers(gateway: object): void {
  const type = gateway.constructor;
  refuseEnhancersOf(type, type.name);
  for (const [name, method] of methodsOf(gateway)) {
    refuseEnhancersOf(method, `${type.name}.${name}`);
    if (Reflect.hasMetadata(PARAMETERS, type, name)) refuse('parameter decorator', `${type.name}.${name}`);
  }
}

function refuseEnhancersOf(target: object, name: string): void {
  for (const [key, enhancer] of ENHANCERS) {
    if (Reflect.hasMetadata(key, target)) refuse(enhancer, name);
  }
}

function refuse(enhancer: string, where: string): never {
  throw new StartupError(`the ${enhancer} on ${where} would never run: frames are decided by FramePolicies`);
}

/** The methods of an object, inherited ones included, by name. */
function methodsOf(object: object): ReadonlyMap<string, Method> {
  const methods = new Map<string, Method>();
  for (let type = prototypeOf(object); type !== Object.prototype; type = prototypeOf(type)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(type))) {
      if (name !== 'constructor' && typeof value === 'function' && !methods.has(name))
        methods.set(name, value as Method);
    }
  }
  return methods;
}

function prototypeOf(object: object): object {
  return Object.getPrototypeOf(object) as object;
}

function nameOf(instance: object): string {
  return instance.constructor.name;
}
