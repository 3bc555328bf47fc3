import { WebSocket } from 'ws';
import type { Ask, Reporter } from './dialogue';
import type { perform } from './perform';

/** The client of a participant in a separate process. */
const [script, url, token] = process.argv.slice(2);
// eslint-disable-next-line @typescript-eslint/no-require-imports -- bundled for this run
const client = require(script!) as { perform: typeof perform };
// Ignore failures: once the parent is gone, `disconnect` follows.
const report: Reporter = (one) => process.send!(one, undefined, undefined, () => undefined);
const tell = client.perform(url!, token!, report, { WebSocket });

process.on('message', (ask: Ask) => {
  const told = tell(ask);
  if (ask.kind === 'close') void told.then(() => process.exit());
});
// The run was aborted.
process.once('disconnect', () => process.exit());
