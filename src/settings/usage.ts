import { envExample } from './reference';

/** The text of `--help`. `scripts/run.js` prints the same without a build, from the committed `.env.example`. */
export const usage = () => `npm start, or node dist/src/main.js

Starts the chat server. It has no options; its settings are environment variables, or lines of a file \`.env\`:

${envExample()}`;
