import { Tokenizer, type Tokens } from 'marked';

/**
 * Markdown as people write it in a chat: emphasis, code, lists, quotes and links. What would hide a text, or surprise those who
 * did not mean it, is no construct here: HTML, headings, rules, tables, images, indented code, references, escapes, underscores.
 */
export class ChatTokenizer extends Tokenizer {
  override code(): undefined {
    return undefined;
  }

  override heading(): undefined {
    return undefined;
  }

  override lheading(): undefined {
    return undefined;
  }

  override hr(): undefined {
    return undefined;
  }

  override html(): undefined {
    return undefined;
  }

  override def(): undefined {
    return undefined;
  }

  override table(): undefined {
    return undefined;
  }

  override escape(): undefined {
    return undefined;
  }

  override tag(): undefined {
    return undefined;
  }

  override reflink(): undefined {
    return undefined;
  }

  override link(source: string): Tokens.Link | Tokens.Image | undefined {
    return source.startsWith('!') ? undefined : super.link(source);
  }

  /** Not by underscores: they are parts of names, and the arms of ¯\_(ツ)_/¯. */
  override emStrong(source: string, masked: string, previous?: string): Tokens.Em | Tokens.Strong | undefined {
    return source.startsWith('_') ? undefined : super.emStrong(source, masked, previous);
  }
}
