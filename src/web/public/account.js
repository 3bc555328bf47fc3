const EXPIRY = 4401;

/**
 * What the page shows of signing in: the button in the header, and the bar that says why nothing goes on. `hasBegun()`: there is
 * something to see behind it. `entered()` is called with a token at hand.
 */
export function showAccount(page, { texts, signIn, hasBegun, entered, signedOut }) {
  const { account, gate, 'gate-text': text, 'gate-detail': detail, 'gate-sign-in': button, 'gate-form': form } = page;
  /** The key of the text of the bar; undefined: there is none. */
  let reason;
  let words;
  /** A token was given since the page was opened. */
  let wasTried = false;

  function render() {
    const { sign_in: way } = signIn.access ?? {};
    account.hidden = way !== 'openid' && way !== 'token';
    account.textContent = signIn.hasToken ? texts().signOut : texts().signIn;
    gate.hidden = reason === undefined;
    if (reason === undefined) return cover(false);
    text.textContent = texts()[reason];
    // The server chose their language by the browser's.
    const detailed = words?.startsWith(texts().notAllowed) ? words : '';
    detail.textContent = signIn.failure ? texts().signInFailed(signIn.failure) : detailed;
    const isRefused = reason === 'forbidden';
    // Somebody refused may be somebody else in truth.
    button.hidden = isRefused ? !signIn.hasToken : way === 'token';
    button.textContent = isRefused ? texts().signOut : way === 'proxy' ? texts().reload : texts().signIn;
    form.hidden = isRefused || way !== 'token';
    cover(!hasBegun());
  }

  /** Where there is nothing behind it the bar is all there is. */
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

    /** The server lets nobody in, or this one no more. `said`: in its words. */
    parked(code, said) {
      if (code !== EXPIRY) ask('forbidden', said);
      else if (signIn.access.sign_in === 'token')
        ask(hasBegun() ? 'expiredToken' : wasTried ? 'wrongToken' : 'askToken');
      else ask(hasBegun() ? 'expired' : 'askSignIn');
    },

    /** It will end soon, and cannot be renewed without the visitor. */
    expiring: () => ask(signIn.access.sign_in === 'token' ? 'expiringToken' : 'expiring'),

    connected() {
      // A guest whose attempt to sign in failed has to hear of it.
      ask(signIn.failure && !signIn.hasToken ? 'askSignIn' : undefined);
    },
  };
}
