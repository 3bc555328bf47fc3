import type { TObject } from '@sinclair/typebox';
import type { Action } from '../../access/identity';

/** The decision between the check of a frame and its handler; what each decides is said at the method of `FramePolicies`. */
export type PolicyName = 'introduce' | 'speak' | 'appear' | 'signal' | 'revise' | 'remove' | 'free';

/** What some frame types depend on; see `Access`. */
export type Feature = 'access' | 'changes';

/** A row of the frame table. Its handler is the `@SubscribeMessage` method of `ChatGateway` for the type. */
export interface ClientFrame<Schema extends TObject = TObject> {
  readonly schema: Schema;
  readonly policy: PolicyName;
  /** What its sender must be allowed to do; `open`: nothing, even before it is authenticated. */
  readonly needs: Action | 'open';
  /** Has an optional `token`, which is verified before the decision; where access is off, the field is one like any other. */
  readonly takesToken?: boolean;
  /** The frame type exists only where access is on, or where messages can be changed. */
  readonly onlyWith?: Feature;
  /** Types of the frames that answer it, for the AsyncAPI document. */
  readonly replies?: readonly string[];
  /** The feed is left to the handler; without it the feed begins before the frame is checked, unless it has begun already. */
  readonly opensFeed?: boolean;
}

/** A row for what the schema describes. */
export function fromClient<Schema extends TObject>(
  schema: Schema,
  rest: Omit<ClientFrame, 'schema'>,
): ClientFrame<Schema> {
  return { schema, ...rest };
}
