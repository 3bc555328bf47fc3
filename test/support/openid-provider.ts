import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Deviations from the provider's usual behaviour. */
interface Behaviour {
  /** Address of the page, to which it sends users back. */
  readonly page?: string;
  /** Whether it issues refresh tokens. */
  readonly refresh?: boolean;
  /** Roles by user. */
  readonly roles?: Record<string, readonly string[]>;
}

/** `oidc-provider` in a separate process, with the clients `page` (public) and `bot` (client credentials). */
export class OpenIdProvider {
  static readonly audience = 'https://chat.example';
  /** The grant types of the tokens it has issued. */
  readonly grants: string[] = [];

  private constructor(
    private readonly process: ChildProcess,
    readonly issuer: string,
  ) {
    process.on('message', ({ granted }: { granted?: string }) => granted && this.grants.push(granted));
  }

  static async start(): Promise<OpenIdProvider> {
    const child = fork(join(__dirname, 'openid-provider.mjs'), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: ['--no-warnings'],
    });
    const [{ issuer }] = (await once(child, 'message')) as [{ issuer: string }];
    return new OpenIdProvider(child, issuer);
  }

  /** Settings of a server that accepts its tokens. */
  get environment(): Record<string, string> {
    return { AUTH_ISSUER: this.issuer, AUTH_AUDIENCE: OpenIdProvider.audience, AUTH_CLIENT_ID: 'page' };
  }

  async behave(behaviour: Behaviour): Promise<void> {
    this.process.send(behaviour);
    let message: { done?: boolean };
    do [message] = (await once(this.process, 'message')) as [{ done?: boolean }];
    while (!message.done);
  }

  /** Completes the provider's forms after the page has redirected to it. */
  async signIn(page: Page, user: string): Promise<void> {
    await page.locator('input[name=login]').fill(user);
    await page.locator('input[name=password]').fill('any');
    await page.locator('button[type=submit]').click();
    await page.getByText('Continue').click();
  }

  /** A bot's token, by client credentials. */
  async botToken(): Promise<string> {
    const response = await fetch(`${this.issuer}/token`, {
      method: 'POST',
      headers: { Authorization: `Basic ${Buffer.from('bot:a-secret-of-the-bot').toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', resource: OpenIdProvider.audience }),
    });
    return ((await response.json()) as { access_token: string }).access_token;
  }

  async stop(): Promise<void> {
    this.process.disconnect();
    await once(this.process, 'exit');
  }
}
