import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import type { Ask, Report, Reporter } from './dialogue';
import { CLOSE_MS, type Host } from './host';

/** Runs the client in a page of another site than the server's. Owns the browser, which ends with it. */
export async function openPage(
  browser: Browser,
  script: string,
  url: string,
  token: string,
  report: Reporter,
): Promise<Host> {
  const site = await serve(script, url, token);
  const page = await browser.newPage();
  page.on('pageerror', ({ stack }) => process.stderr.write(`${stack ?? 'an error'} in Chromium\n`));
  // A DevTools binding instead of an exposed function, whose calls would each be answered.
  const devtools = await page.context().newCDPSession(page);
  devtools.on('Runtime.bindingCalled', ({ payload }) => report(JSON.parse(payload) as Report));
  await devtools.send('Runtime.enable');
  await devtools.send('Runtime.addBinding', { name: 'report' });
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
  const ask = (one: Ask): Promise<unknown> =>
    devtools.send('Runtime.evaluate', {
      expression: `ask(${JSON.stringify(one)})`,
      awaitPromise: one.kind === 'close',
    });
  return {
    // After the end of the browser, requests stay unanswered, which the checks find.
    ask: (one) => void ask(one).catch(() => undefined),
    async close() {
      await Promise.race([ask({ kind: 'close' }).catch(() => undefined), delay(CLOSE_MS, undefined, { ref: false })]);
      await browser.close();
      site.close();
    },
  };
}

async function serve(script: string, url: string, token: string): Promise<Server> {
  const page = `<!doctype html><title>Client</title><script type="module">
    import { perform } from './perform.js';
    window.ask = perform(${JSON.stringify(url)}, ${JSON.stringify(token)}, (one) => report(JSON.stringify(one)));
  </script>`;
  const site = createServer((request, response) => {
    const isScript = request.url === '/perform.js';
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
    response.end(isScript ? script : page);
  }).listen(0, '127.0.0.1');
  await once(site, 'listening');
  return site;
}
