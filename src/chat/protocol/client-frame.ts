import type { TObject } from '@sinclair/typebox';
import type { Action } from '../../access/identity';

/** The decision between a frame's schema check and its handler: a method of `FramePolicies`. */
export type PolicyName = 'introduce' | 'speak' | 'appear' | 'signal' | 'revise' | 'remove' | 'free';

/** Optional feature that a frame type may require; see `Access`. */
export type Feature = 'access' | 'changes';

/** A row of the frame table. Its handler is the `@SubscribeMessage` method of `ChatGateway` for the type. */
export interface ClientFrame<Schema extends TObject = TObject> {
  readonly schema: Schema;
  readonly policy: PolicyName;
  /** Right that the sender needs; `open`: none, not even authentication. */
  readonly needs: Action | 'open';
  /** Has an optional `token`, which is verified before the decision; with access off, the field is ignored. */
  readonly takesToken?: boolean;
  /** Feature without which the frame type is unknown. */
  readonly onlyWith?: Feature;
  /** Types of the frames that answer it, for the AsyncAPI document. */
  readonly replies?: readonly string[];
  /** Leaves opening the feed to the handler; otherwise it opens before the frame is checked, if it is not open yet. */
  readonly opensFeed?: boolean;
}

/** A row of the frame table, typed by its schema. */
export function fromClient<Schema extends TObject>(
  schema: Schema,
  rest: Omit<ClientFrame, 'schema'>,
): ClientFrame<Schema> {
  return { schema, ...rest };
}
