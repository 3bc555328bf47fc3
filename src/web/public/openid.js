import { recall, remember } from './memory.js';

/*
 * Authorization code with PKCE at an OpenID provider, in this window. The pending flow (state, nonce, verifier) is in
 * `sessionStorage`: it must survive the redirect to the provider and back, and no other tab may use it.
 */

/** The redirect URI: the page itself, which must be registered with the provider. */
const here = () => new URL('.', location.href).href;

/**
 * The provider's response in the URL, if any. Called before anything else: a code must not stay in the URL, in the history, or in
 * the referrer of anything that is loaded.
 */
export function takeAnswer() {
  const answer = new URLSearchParams(location.search);
  if (!answer.has('state') || !(answer.has('code') || answer.has('error'))) return undefined;
  window.history.replaceState(null, '', here());
  return answer;
}

/** Redirects to the provider. Resolves when the browser navigates away. @throws if the provider cannot be reached */
export async function goToProvider(client) {
  // Missing on pages served over plain HTTP, to which no provider redirects.
  if (!window.crypto.subtle) throw new Error('HTTPS');
  const { authorization_endpoint: endpoint } = await discover(client);
  const flow = { state: random(), nonce: random(), verifier: random() };
  remember('sign-in', JSON.stringify(flow), 'sessionStorage');
  if (!recall('sign-in', 'sessionStorage')) throw new Error('sessionStorage');
  const url = new URL(endpoint);
  const question = {
    response_type: 'code',
    client_id: client.client_id,
    redirect_uri: here(),
    scope: client.scope,
    state: flow.state,
    nonce: flow.nonce,
    code_challenge: base64url(await window.crypto.subtle.digest('SHA-256', new TextEncoder().encode(flow.verifier))),
    code_challenge_method: 'S256',
    ...target(client),
  };
  for (const [name, value] of Object.entries(question)) url.searchParams.set(name, value);
  location.assign(url);
}

/** Exchanges the provider's response for tokens. @throws Error with the provider's text, if it has one */
export async function tokensFor(client, answer) {
  const flow = JSON.parse(recall('sign-in', 'sessionStorage') || '{}');
  remember('sign-in', '', 'sessionStorage');
  // A forged response: a link that would sign the visitor in as another user.
  if (!flow.state || answer.get('state') !== flow.state) throw new Error('state');
  if ((answer.get('iss') ?? client.issuer) !== client.issuer) throw new Error('iss');
  if (answer.has('error')) throw new Error(answer.get('error_description') ?? answer.get('error'));
  const tokens = await ask(client, {
    grant_type: 'authorization_code',
    code: answer.get('code'),
    redirect_uri: here(),
    code_verifier: flow.verifier,
  });
  checkIdToken(tokens.id_token, client, flow);
  return tokens;
}

/** New tokens for a refresh token. @throws Error; `isFinal` if the provider no longer accepts it */
export const renewedTokens = (client, refreshToken) =>
  ask(client, { grant_type: 'refresh_token', refresh_token: refreshToken });

/** Ends the provider's session too, or the next visitor of this computer would be signed in by one click. */
export async function leaveProvider(client, refreshToken) {
  const { revocation_endpoint: revocation, end_session_endpoint: end } = await discover(client).catch(() => ({}));
  if (refreshToken && isOwn(revocation, client)) {
    const body = new URLSearchParams({ token: refreshToken, client_id: client.client_id });
    await fetch(revocation, { method: 'POST', body }).catch(() => undefined);
  }
  if (!isOwn(end, client)) return location.assign(here());
  const url = new URL(end);
  // Without `id_token_hint`: tokens do not belong in URLs. The provider asks the user instead.
  url.searchParams.set('client_id', client.client_id);
  url.searchParams.set('post_logout_redirect_uri', here());
  location.assign(url);
}

async function discover({ issuer }) {
  const response = await fetch(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`);
  const document = await response.json();
  if (document.issuer !== issuer) throw new Error('issuer');
  return document;
}

async function ask(client, question) {
  const { token_endpoint: endpoint } = await discover(client);
  const body = new URLSearchParams({ client_id: client.client_id, ...question, ...target(client, 'resource') });
  const response = await fetch(endpoint, { method: 'POST', body, headers: { Accept: 'application/json' } });
  const answer = await response.json();
  if (response.ok) return answer;
  const error = new Error(answer.error_description ?? answer.error);
  error.isFinal = answer.error === 'invalid_grant';
  throw error;
}

/** An audience that is a URL must be requested explicitly: as `resource` (RFC 8707), or as `audience` (Auth0). */
function target({ audience }, ...names) {
  if (!URL.canParse(audience)) return {};
  return Object.fromEntries((names.length ? names : ['resource', 'audience']).map((name) => [name, audience]));
}

/**
 * Checks that the ID token belongs to this flow. It came directly from the provider, so its signature proves nothing more (OpenID
 * Connect Core, 3.1.3.7), and just now, so its times are not checked: the clocks of visitors are too often wrong.
 */
function checkIdToken(token, { issuer, client_id }, { nonce }) {
  const claims = JSON.parse(new TextDecoder().decode(bytesOf(token.split('.')[1])));
  if (claims.iss !== issuer) throw new Error('iss');
  if (![claims.aud].flat().includes(client_id)) throw new Error('aud');
  if (claims.nonce !== nonce) throw new Error('nonce');
}

function isOwn(url, { issuer }) {
  return URL.canParse(url) && new URL(url).origin === new URL(issuer).origin;
}

function random() {
  return base64url(window.crypto.getRandomValues(new Uint8Array(32)));
}

function base64url(bytes) {
  const text = window.btoa(String.fromCharCode(...new Uint8Array(bytes)));
  return text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

function bytesOf(text) {
  const binary = window.atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
