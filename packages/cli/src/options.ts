import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';
import type { Texts } from './texts.js';

export type Command = 'join' | 'read' | 'send';

export interface Options {
  readonly command: Command;
  /** URL of the server, without `/ws`. */
  readonly url: string;
  readonly name: string | undefined;
  readonly after: number | undefined;
  readonly last: number;
  readonly isFollowing: boolean;
  readonly isWhole: boolean;
  readonly isJson: boolean;
  /** 0: no timeout. */
  readonly timeoutSeconds: number;
  /** Text for `send`; undefined: standard input. */
  readonly text: string | undefined;
}

const OPTIONS = {
  url: { type: 'string' },
  name: { type: 'string' },
  after: { type: 'string' },
  last: { type: 'string' },
  follow: { type: 'boolean', default: false },
  whole: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  timeout: { type: 'string' },
} as const;

/** @throws Error with one line for people */
export function readOptions(args: string[], env: NodeJS.ProcessEnv, isTerminal: boolean, texts: Texts): Options {
  const { values, positionals } = parse(args, texts);
  const [first = 'join', ...words] = positionals;
  if (first !== 'join' && first !== 'read' && first !== 'send') throw new Error(texts.unknown(first));
  // Without a terminal, or with `--json`, `join` becomes `read --follow`.
  const isPiped = first === 'join' && (!isTerminal || values.json);
  if (positionals.length > 0 && isPiped) throw new Error(texts.noTerminal);
  const command = isPiped ? 'read' : first;
  if (values.whole && command !== 'send') throw new Error(texts.onlyFor('--whole', 'send'));
  if (values.follow && command === 'send') throw new Error(texts.onlyFor('--follow', 'read'));
  if (words.length > 0 && command !== 'send') throw new Error(texts.tooMany);
  const number = (option: 'after' | 'last' | 'timeout', most: number, otherwise: number) => {
    const given = values[option] ?? String(otherwise);
    if (!/^\d+$/.test(given) || Number(given) > most) throw new Error(texts.optionRange(`--${option}`, 0, most));
    return Number(given);
  };
  return {
    command,
    url: serverUrl(values.url || env.CHAT_URL || 'http://localhost:8000', texts),
    name: values.name || env.CHAT_NAME || ownName(command, env),
    after: values.after === undefined ? undefined : number('after', Number.MAX_SAFE_INTEGER, 0),
    last: number('last', 10_000, isPiped ? 0 : 20),
    isFollowing: values.follow || isPiped,
    isWhole: values.whole,
    isJson: values.json,
    timeoutSeconds: number('timeout', 86_400, 30),
    text: words.length === 0 ? undefined : words.join(' '),
  };
}

function parse(args: string[], texts: Texts) {
  try {
    return parseArgs({ args, options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // Node's own text is English, and quotes the option with the form of its value.
    const option = /'[^']*?(--?[^' ,]+)/.exec(message)?.[1] ?? '';
    const isUnknown = code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION';
    throw new Error(isUnknown ? texts.unknownOption(option) : texts.optionForm(option), { cause: error });
  }
}

function serverUrl(given: string, texts: Texts): string {
  const url = given.replace(/^ws/, 'http').replace(/\/+$/, '').replace(/\/ws$/, '');
  // `fetch` rejects URLs with credentials.
  if (!/^https?:\/\/[^?#]+$/.test(url) || !URL.canParse(url) || new URL(url).username) throw new Error(texts.badUrl);
  return url;
}

/** No name for `read`; with a token, the name comes from the token. */
function ownName(command: Command, env: NodeJS.ProcessEnv): string | undefined {
  return command === 'read' || env.CHAT_TOKEN || env.CHAT_TOKEN_FILE ? undefined : userInfo().username;
}
