/** Close code: a sign-in is required. */
const UNAUTHORIZED = 4401;

/**
 * The source of the element's `getToken`: the visitor's token for each connection, a new one before it expires, and without any a
 * promise that waits for the visitor to sign in. `client()` is the element's client, `account()` the sign-in controls.
 */
export function openTokens(signIn, { client, account }) {
  let given;
  let waiting;

  async function forConnection() {
    const { reason } = client()?.getSnapshot() ?? {};
    if (reason?.code === 'UNAUTHORIZED' && given !== undefined) {
      const next = await signIn.refused(given);
      if (next === 'never') return entered();
    }
    const token = await signIn.token();
    return token === null ? entered() : token;
  }

  /** Until the sign-in, unsent messages wait, and the messages shown stay. */
  function entered() {
    account().parked(UNAUTHORIZED);
    waiting ??= Promise.withResolvers();
    return waiting.promise;
  }

  async function renewed() {
    if ((await signIn.renew()) === 'renewed') return signIn.token();
    account().expiring();
    // Not the old one, whose expiry the server has just announced.
    return undefined;
  }

  return {
    async get() {
      const { state } = client()?.getSnapshot() ?? {};
      const isConnected = state === 'live' || state === 'catching-up';
      const token = isConnected ? await renewed() : await forConnection();
      given = token ?? given;
      return token;
    },

    /** The server accepted the last token. */
    accepted: () => signIn.accepted(given),

    /** The visitor has entered a token. */
    async entered() {
      waiting?.resolve(await signIn.token());
      waiting = undefined;
    },
  };
}
