/** Close codes by which the page says why it waits. */
const UNAUTHORIZED = 4401;

/**
 * What the element is given as `getToken`: the visitor's token for each connection, a new one before it ends, and where there is
 * none any more a promise that waits for the visitor to sign in. `client()` is the element's, `account` shows what is the matter.
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

  /** Until then what is written waits, and nothing that was read is gone. */
  function entered() {
    account().parked(UNAUTHORIZED);
    waiting ??= Promise.withResolvers();
    return waiting.promise;
  }

  async function renewed() {
    if ((await signIn.renew()) === 'renewed') return signIn.token();
    account().expiring();
    // Not the old one, of whose end the server has just told.
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

    /** The server has taken the last one. */
    accepted: () => signIn.accepted(given),

    /** The visitor has given one. */
    async entered() {
      waiting?.resolve(await signIn.token());
      waiting = undefined;
    },
  };
}
