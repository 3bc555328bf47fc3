import { GUEST_MARK, type Identity } from './identity';

/** Who has `MODERATOR_TOKEN`, in the log and in `deleted_by`, which everybody reads. No token can have this name, and no guest. */
export const OPERATOR_NAME = `${GUEST_MARK}operator`;

/** The name under which a moderator is in the log. */
export function moderatorName({ username }: Identity): string {
  return username ?? OPERATOR_NAME;
}
