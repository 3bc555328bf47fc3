import { Body, Catch, Injectable, UseFilters, UseGuards, UseInterceptors, UsePipes } from '@nestjs/common';
import { MessageBody, SubscribeMessage } from '@nestjs/websockets';
import { Type } from '@sinclair/typebox';
import { StartupError } from '../../platform/errors/startup-error';
import type { ClientFrame, Feature } from '../protocol/client-frame';
import { routesOf } from './frame-routes';

const schema = Type.Object({ type: Type.Literal('wave') });
const WAVE = { v2: { wave: { schema, policy: 'free', needs: 'write' } } } satisfies Record<
  string,
  Record<string, ClientFrame>
>;
const POLICIES = { free: () => undefined };
const NO_FEATURES: ReadonlySet<Feature> = new Set();

class Gateway {
  readonly waves: unknown[] = [];

  @SubscribeMessage('wave')
  wave(...given: unknown[]): void {
    this.waves.push(given);
  }

  openFeed(): void {
    // A method without @SubscribeMessage handles no frame type.
  }
}

@Injectable()
@Catch()
class Enhancer {
  canActivate = () => false;
  intercept = () => undefined as never;
  transform = () => undefined;
  catch = () => undefined;
}

const refusal = (gateway: object, table = WAVE as Record<string, Record<string, ClientFrame>>, policies = POLICIES) => {
  try {
    routesOf(table, gateway, policies, NO_FEATURES);
  } catch (error) {
    expect(error).toBeInstanceOf(StartupError);
    return (error as StartupError).message;
  }
  return undefined;
};

it('joins a frame type with its handler and its policy', () => {
  const gateway = new Gateway();
  const route = routesOf(WAVE, gateway, { free: () => 'max' }, NO_FEATURES).v2.get('wave')!;
  const session = {} as never;
  const frame = route.check({ type: 'wave' });
  route.handle(session, frame, route.decide(session, frame));
  expect(gateway.waves).toEqual([[session, frame, 'max']]);
  expect(route.opensFeed).toBe(false);
});

it('finds inherited handlers, as overridden by the subclass', () => {
  class Special extends Gateway {
    @SubscribeMessage('wave')
    override wave(): void {
      this.waves.push('special');
    }
  }
  const gateway = new Special();
  routesOf(WAVE, gateway, POLICIES, NO_FEATURES)
    .v2.get('wave')!
    .handle({} as never, {}, undefined);
  expect(gateway.waves).toEqual(['special']);
});

it('refuses a frame type without a handler', () => {
  class Deaf {
    openFeed(): void {
      // No handler.
    }
  }
  expect(refusal(new Deaf())).toBe(`Deaf has no @SubscribeMessage('wave') for that frame type`);
});

it('refuses a handler without a frame type', () => {
  class Eager extends Gateway {
    @SubscribeMessage('shout')
    shout(): void {
      // Never called.
    }
  }
  expect(refusal(new Eager())).toBe('Eager.shout handles "shout", no frame type');
});

it('refuses two handlers of one frame type', () => {
  class Twice extends Gateway {
    @SubscribeMessage('wave')
    again(): void {
      // Never called.
    }
  }
  expect(refusal(new Twice())).toBe('Twice.again and .wave both handle "wave"');
});

it('refuses a frame type without a policy', () => {
  const table = { v2: { wave: { schema, policy: 'signal', needs: 'write' } } } as const;
  expect(refusal(new Gateway(), table)).toBe('frame type "wave" has no policy: "signal" is not in Object');
});

it('refuses a frame type that does not say what its sender must be allowed to do', () => {
  for (const needs of [undefined, 'everything']) {
    const table = { v2: { wave: { schema, policy: 'free', needs } } } as unknown as typeof WAVE;
    expect(refusal(new Gateway(), table)).toBe('frame type "wave" does not say what it needs: "needs" is missing');
  }
});

it('leaves out frame types of a feature that is off, and still checks their rows', () => {
  const table = { v2: { wave: { ...WAVE.v2.wave, onlyWith: 'access' } } } as const;
  expect(routesOf(table, new Gateway(), POLICIES, NO_FEATURES).v2.size).toBe(0);
  expect(routesOf(table, new Gateway(), POLICIES, new Set<Feature>(['access'])).v2.size).toBe(1);
  expect(routesOf(table, new Gateway(), POLICIES, new Set<Feature>(['changes'])).v2.size).toBe(0);
  const unsaid = { v2: { wave: { ...table.v2.wave, needs: undefined } } } as unknown as typeof WAVE;
  expect(refusal(new Gateway(), unsaid)).toContain('does not say what it needs');
});

it('reads a token only where access is on', () => {
  const withToken = Type.Object({ type: Type.Literal('wave'), token: Type.Optional(Type.String({ maxLength: 5 })) });
  const table = { v2: { wave: { schema: withToken, policy: 'free', needs: 'open', takesToken: true } } } as const;
  const route = (features: Feature[]) => routesOf(table, new Gateway(), POLICIES, new Set(features)).v2.get('wave')!;
  const frame = { type: 'wave', token: 7 };
  expect(route([]).check(frame)).toBe(frame);
  expect(() => route(['access']).check(frame)).toThrow('field_type');
  expect([route([]).takesToken, route(['access']).takesToken]).toEqual([false, true]);
});

describe("refuses Nest's request pipeline, which would never run", () => {
  const methods = {
    guard: UseGuards(Enhancer),
    pipe: UsePipes(Enhancer),
    interceptor: UseInterceptors(Enhancer),
    'exception filter': UseFilters(Enhancer),
  };

  it.each(Object.entries(methods))('a %s on a method or on the class', (name, decorate) => {
    class OnMethod extends Gateway {
      @decorate
      override wave(): void {
        // Never called.
      }
    }
    @decorate
    class OnClass extends Gateway {}
    const end = 'would never run: frames are decided by FramePolicies';
    expect(refusal(new OnMethod())).toBe(`the ${name} on OnMethod.wave ${end}`);
    expect(refusal(new OnClass())).toBe(`the ${name} on OnClass ${end}`);
  });

  it.each([
    ['WebSocket', MessageBody()],
    ['HTTP', Body()],
  ])('a parameter decorator for %s', (_, decorate) => {
    class OnParameter extends Gateway {
      override wave(@decorate frame: unknown): void {
        this.waves.push(frame);
      }
    }
    expect(refusal(new OnParameter())).toContain('the parameter decorator on OnParameter.wave would never run');
  });
});
