import { recall, remember } from './memory.js';
import { goToProvider, leaveProvider, renewedTokens, takeAnswer, tokensFor } from './openid.js';

/** A token that ends within this time is renewed before it is used. */
const ENDS_SOON_MS = 10_000;
/** A provider whose tokens are shorter than the server's notice would be asked without a pause. */
const LEAST_BETWEEN_RENEWALS_MS = 10_000;

/**
 * How users sign in here, and the tokens of this one. They are in `sessionStorage`: a reload must not ask the provider again;
 * other tabs and later visitors of the computer do not see them; scripts of others cannot run here (Content-Security-Policy), and
 * there is no cookie that a browser would send by itself. They are never in an address.
 */
export function openSignIn() {
  /** What `access.json` says; undefined until it is read. */
  let access;
  let answer = takeAnswer();
  let tokens = JSON.parse(recall('tokens', 'sessionStorage') || 'null');
  /** The token that the server accepted last; another one was not tried, or was refused. */
  let accepted;
  let renewing;
  let renewedAt = -Infinity;
  /** Why signing in failed, until it is tried again. */
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
   * What became of it: `renewed`, `later` where the provider did not answer, or `no`. Callers at the same time share one attempt:
   * most refresh tokens serve once.
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

    /** For a connection: undefined where it needs none, null where the visitor has to sign in first. @throws while unknown */
    async token() {
      await ready();
      if (access.sign_in === 'none' || access.sign_in === 'proxy') return undefined;
      if (endsSoon()) await renew();
      return tokens?.access_token ?? (access.guests === 'none' ? null : undefined);
    },

    accepted(token) {
      accepted = token;
    },

    /** The server did not take this token: whether to come back with another one, `again` at once or `later`, or `never`. */
    async refused(token) {
      if (access.sign_in === 'none') {
        // It was set up since.
        access = undefined;
        return 'later';
      }
      if (tokens && tokens.access_token !== token) return 'again';
      // A new one that is refused as well would be refused for ever.
      const wasGood = tokens && (accepted === token || endsSoon());
      const renewed = wasGood ? await renew() : 'no';
      if (renewed !== 'no') return renewed === 'renewed' ? 'again' : 'later';
      keep(null);
      return 'never';
    },

    /** A token that the visitor has from elsewhere. */
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

    /** `fetch` as this user, who reads errors in this language. */
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
