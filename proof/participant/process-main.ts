import { WebSocket } from 'ws';
import type { Ask, Reporter } from './dialogue';
import type { perform } from './perform';

/** The client of a participant in a process of its own. */
const [script, url, token] = process.argv.slice(2);
// eslint-disable-next-line @typescript-eslint/no-require-imports -- bundled for this run
const client = require(script!) as { perform: typeof perform };
// Where nobody takes reports any more, `disconnect` follows.
const report: Reporter = (one) => process.send!(one, undefined, undefined, () => undefined);
const tell = client.perform(url!, token!, report, { WebSocket });

process.on('message', (ask: Ask) => {
  const told = tell(ask);
  if (ask.kind === 'close') void told.then(() => process.exit());
});
// The run was given up.
process.once('disconnect', () => process.exit());
