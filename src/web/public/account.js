const EXPIRY = 4401;

/**
 * The page's sign-in controls: the button in the header, and the bar that explains why the chat is interrupted. `hasBegun()`:
 * whether there is a chat to show with the bar. `entered()` is called once a token is available.
 */
export function showAccount(page, { texts, signIn, hasBegun, entered, signedOut }) {
  const { account, gate, 'gate-text': text, 'gate-detail': detail, 'gate-sign-in': button, 'gate-form': form } = page;
  /** Key of the bar's text; undefined: the bar is hidden. */
  let reason;
  let words;
  /** Whether a token was entered since the page was opened. */
  let wasTried = false;

  function render() {
    const { sign_in: way } = signIn.access ?? {};
    account.hidden = way !== 'openid' && way !== 'token';
    account.textContent = signIn.hasToken ? texts().signOut : texts().signIn;
    gate.hidden = reason === undefined;
    if (reason === undefined) return cover(false);
    text.textContent = texts()[reason];
    // Only in the page's language: the server chose that of its text by the browser's.
    const detailed = words?.startsWith(texts().notAllowed) ? words : '';
    detail.textContent = signIn.failure ? texts().signInFailed(signIn.failure) : detailed;
    const isRefused = reason === 'forbidden';
    // A refused user may want to sign in as another one.
    button.hidden = isRefused ? !signIn.hasToken : way === 'token';
    button.textContent = isRefused ? texts().signOut : way === 'proxy' ? texts().reload : texts().signIn;
    form.hidden = isRefused || way !== 'token';
    cover(!hasBegun());
  }

  /** Without a chat to show, the bar takes the whole page. */
  function cover(isAll) {
    document.body.classList.toggle('gated', isAll);
  }

  async function start() {
    if (signIn.access.sign_in === 'proxy') return location.reload();
    if (signIn.access.sign_in === 'token') return ask('askToken');
    await signIn.start();
    if (signIn.failure) ask(reason ?? 'askSignIn');
  }

  function ask(next, said) {
    reason = next;
    words = said;
    render();
    if (!form.hidden) page.token.focus();
  }

  function leave() {
    signedOut();
    void signIn.end();
  }

  button.addEventListener('click', () => (reason === 'forbidden' ? leave() : void start()));
  account.addEventListener('click', () => (signIn.hasToken ? leave() : void start()));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const token = page.token.value.trim();
    page.token.value = '';
    if (token === '') return;
    wasTried = true;
    signIn.enter(token);
    ask(undefined);
    entered();
  });

  return {
    render,

    /** The server requires a sign-in, or no longer accepts this user. `said`: the server's text. */
    parked(code, said) {
      if (code !== EXPIRY) ask('forbidden', said);
      else if (signIn.access.sign_in === 'token')
        ask(hasBegun() ? 'expiredToken' : wasTried ? 'wrongToken' : 'askToken');
      else ask(hasBegun() ? 'expired' : 'askSignIn');
    },

    /** The token expires soon, and cannot be renewed without the visitor. */
    expiring: () => ask(signIn.access.sign_in === 'token' ? 'expiringToken' : 'expiring'),

    connected() {
      // A guest needs to know that the attempt to sign in failed.
      ask(signIn.failure && !signIn.hasToken ? 'askSignIn' : undefined);
    },
  };
}
