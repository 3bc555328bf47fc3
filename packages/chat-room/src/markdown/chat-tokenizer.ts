import { Tokenizer, type Tokens } from 'marked';
import { NO_CONSTRUCTS } from './no-constructs.js';

/** Search budget in characters: twenty times a message of the usual limit. */
const MAX_SEARCHED = 80_000;

/** Markdown as people write it in a chat: emphasis, code, lists, quotes and links; without `NO_CONSTRUCTS`, images and underscores. */
export class ChatTokenizer extends Tokenizer {
  /** Characters that may still be searched in vain for closing marks: unclosed marks would take quadratic time. */
  private left = MAX_SEARCHED;

  override link(source: string): Tokens.Link | Tokens.Image | undefined {
    return this.search('[', source, () => super.link(source));
  }

  /** Asterisks only: underscores are parts of names, and the arms of ¯\_(ツ)_/¯. */
  override emStrong(source: string, masked: string, previous?: string): Tokens.Em | Tokens.Strong | undefined {
    return this.search('*', source, () => super.emStrong(source, masked, previous));
  }

  override del(source: string, masked: string, previous?: string): Tokens.Del | undefined {
    return this.search('~', source, () => super.del(source, masked, previous));
  }

  private search<Found>(mark: string, source: string, find: () => Found | undefined): Found | undefined {
    if (this.left < 0 || !source.startsWith(mark)) return undefined;
    const found = find();
    if (!found) this.left -= source.length;
    return found;
  }
}

for (const name of NO_CONSTRUCTS) ChatTokenizer.prototype[name] = () => undefined;
