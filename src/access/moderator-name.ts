import { GUEST_MARK, type Identity } from './identity';

/** Name of the operator in the log and in `deleted_by`, which is public. Neither a token nor a guest can have it. */
export const OPERATOR_NAME = `${GUEST_MARK}operator`;

/** A moderator's name, as logged. */
export function moderatorName({ username }: Identity): string {
  return username ?? OPERATOR_NAME;
}
