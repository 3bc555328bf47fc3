import type { AppError } from '../errors/app-error';

const REALM = 'Bearer realm="chat"';

/** `WWW-Authenticate` of an error, by RFC 6750, 3; undefined if the error is not about a token. */
export function challengeOf(error: AppError): string | undefined {
  if (error.status === 401) {
    // No error code without a token: the client may not know that one is needed.
    return error.message === 'token_missing' || error.message === 'UNAUTHORIZED'
      ? REALM
      : `${REALM}, error="invalid_token", error_description="${error.text('en')}"`;
  }
  return /^may_not_/.test(error.message)
    ? `${REALM}, error="insufficient_scope", error_description="${error.text('en')}"`
    : undefined;
}
