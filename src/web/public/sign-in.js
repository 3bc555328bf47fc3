import { recall, remember } from './memory.js';
import { goToProvider, leaveProvider, renewedTokens, takeAnswer, tokensFor } from './openid.js';

/** A token that expires within this time is renewed before it is used. */
const ENDS_SOON_MS = 10_000;
/** Without it, a provider whose tokens live shorter than the server's notice would be asked without a pause. */
const LEAST_BETWEEN_RENEWALS_MS = 10_000;

/**
 * The server's way of signing in, and this visitor's tokens. They are in `sessionStorage`: a reload must not ask the provider
 * again; other tabs and later visitors of the computer do not see them; foreign scripts cannot run here
 * (Content-Security-Policy), and there is no cookie that a browser would send by itself. They never appear in a URL.
 */
export function openSignIn() {
  /** Content of `access.json`; undefined until it is read. */
  let access;
  let answer = takeAnswer();
  let tokens = JSON.parse(recall('tokens', 'sessionStorage') || 'null');
  /** The token that the server accepted last; another one was not tried, or was refused. */
  let accepted;
  let renewing;
  let renewedAt = -Infinity;
  /** Reason of the last failed sign-in, until the next attempt. */
  let failure;

  function keep(next) {
    tokens = next;
    remember('tokens', next ? JSON.stringify(next) : '', 'sessionStorage');
  }

  function keepNew({ access_token, refresh_token = tokens?.refresh_token, expires_in }) {
    keep({ access_token, refresh_token, endsAt: expires_in && Date.now() + expires_in * 1000 });
  }

  function endsSoon() {
    return tokens?.endsAt - Date.now() < ENDS_SOON_MS;
  }

  async function ready() {
    if (!access) {
      const response = await fetch('access.json', { cache: 'no-store' });
      if (!response.ok) throw new Error(`access: ${response.status}`);
      access = await response.json();
    }
    if (!answer || access.sign_in !== 'openid') return;
    const given = answer;
    answer = undefined;
    try {
      keepNew(await tokensFor(access, given));
    } catch (error) {
      failure = error.message;
    }
  }

  /**
   * Renews the tokens. Resolves to `renewed`, to `later` if the provider did not answer, or to `no`. Concurrent callers share one
   * attempt: most refresh tokens are single-use.
   */
  function renew() {
    return (renewing ??= renewOnce().finally(() => (renewing = undefined)));
  }

  async function renewOnce() {
    if (access.sign_in !== 'openid' || !tokens?.refresh_token) return 'no';
    if (Date.now() - renewedAt < LEAST_BETWEEN_RENEWALS_MS) return 'no';
    try {
      keepNew(await renewedTokens(access, tokens.refresh_token));
      renewedAt = Date.now();
      return 'renewed';
    } catch (error) {
      if (!error.isFinal) return 'later';
      keep({ ...tokens, refresh_token: undefined });
      return 'no';
    }
  }

  return {
    renew,

    get access() {
      return access;
    },
    get failure() {
      return failure;
    },
    get hasToken() {
      return Boolean(tokens);
    },

    /** The token for a connection: undefined if it needs none, null if the visitor must sign in first. @throws while unknown */
    async token() {
      await ready();
      if (access.sign_in === 'none' || access.sign_in === 'proxy') return undefined;
      if (endsSoon()) await renew();
      return tokens?.access_token ?? (access.guests === 'none' ? null : undefined);
    },

    accepted(token) {
      accepted = token;
    },

    /**
     * The server refused this token. Resolves to when to retry with another one: `again`, which is at once, `later` or `never`.
     */
    async refused(token) {
      if (access.sign_in === 'none') {
        // Sign-in was configured meanwhile.
        access = undefined;
        return 'later';
      }
      if (tokens && tokens.access_token !== token) return 'again';
      // Renew only a token that was good: the successor of a bad one would be refused as well, without end.
      const wasGood = tokens && (accepted === token || endsSoon());
      const renewed = wasGood ? await renew() : 'no';
      if (renewed !== 'no') return renewed === 'renewed' ? 'again' : 'later';
      keep(null);
      return 'never';
    },

    /** Uses a token that the visitor obtained elsewhere. */
    enter(token) {
      failure = undefined;
      keep({ access_token: token });
    },

    async start() {
      failure = undefined;
      try {
        await goToProvider(access);
      } catch (error) {
        failure = error.message;
      }
    },

    async end() {
      const { refresh_token } = tokens ?? {};
      keep(null);
      if (access.sign_in === 'openid') await leaveProvider(access, refresh_token);
      else location.reload();
    },

    /** `fetch` as this user, with errors in this language. */
    async fetch(path, language, init = {}) {
      const token = await this.token();
      const headers = {
        'Accept-Language': language,
        ...init.headers,
        ...(token && { Authorization: `Bearer ${token}` }),
      };
      return fetch(path, { ...init, headers });
    },
  };
}
