import 'reflect-metadata';
import { UseFilters, UseGuards, UseInterceptors, UsePipes } from '@nestjs/common';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';

const METHOD = 'method';

/** Satisfies every kind of enhancer, and has a handler. */
class Probe {
  canActivate = () => true;
  transform = (value: unknown) => value;
  intercept = (): never => unused();
  catch = (): never => unused();

  [METHOD](): void {
    unused();
  }
}

function unused(): never {
  throw new Error('the probe is never called');
}

/** The key of the metadata that a decorator leaves. Nest does not publish its keys, but its decorators. */
function keyOf(decorate: (target: typeof Probe) => unknown, property?: string): string {
  class Target extends Probe {}
  decorate(Target);
  const keys = property ? Reflect.getOwnMetadataKeys(Target, property) : Reflect.getOwnMetadataKeys(Target);
  return String(keys[0]);
}

/** Metadata keys of what a gateway's class or methods can be enhanced with, and the name of each. */
export const ENHANCERS: readonly (readonly [key: string, name: string])[] = [
  [keyOf(UseGuards(new Probe())), 'guard'],
  [keyOf(UsePipes(new Probe())), 'pipe'],
  [keyOf(UseInterceptors(new Probe())), 'interceptor'],
  [keyOf(UseFilters(new Probe())), 'exception filter'],
];

/** Metadata key of decorated parameters, on the class and the method's name. */
export const PARAMETERS = keyOf((target) => {
  MessageBody()(target.prototype, METHOD, 0);
}, METHOD);

/** Metadata key, on a method, of the frame type that it handles. */
export const FRAME_TYPE = (() => {
  const handler = (): void => undefined;
  SubscribeMessage(METHOD)({}, METHOD, { value: handler });
  return (Reflect.getOwnMetadataKeys(handler) as string[]).find((key) => Reflect.getMetadata(key, handler) === METHOD)!;
})();
