import { Lexer, type Token, type Tokens } from 'marked';
import { ChatTokenizer } from './chat-tokenizer.js';
import { hiddenHost } from './named-host.js';
import { safeHref } from './safe-href.js';

export type Inline =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'em' | 'del'; readonly children: readonly Inline[] }
  | { readonly kind: 'link'; readonly href: string; readonly children: readonly Inline[] }
  | { readonly kind: 'break' };

export type Block =
  | { readonly kind: 'paragraph'; readonly children: readonly Inline[] }
  | { readonly kind: 'code'; readonly text: string }
  | { readonly kind: 'quote'; readonly children: readonly Block[] }
  | { readonly kind: 'list'; readonly start: number | undefined; readonly items: readonly (readonly Block[])[] };

/** Maximum nesting of quotes and lists; deeper ones are shown as typed: they would be unreadable and could overflow the stack. */
const MAX_DEPTH = 6;

const OPTIONS = { gfm: true, breaks: true };

/** Parses a message into nodes. Unknown constructs stay as the text that was typed. */
export function blocksOf(text: string): readonly Block[] {
  try {
    if (!isTooDeep(text))
      return new Lexer({ ...OPTIONS, tokenizer: new ChatTokenizer() }).lex(text).flatMap((token) => blockOf(token, 0));
  } catch {
    // The lexer throws on texts that it cannot tokenize.
  }
  return [{ kind: 'paragraph', children: [{ kind: 'text', text }] }];
}

/** The lexer recurses one level per mark at the beginning of a line, regardless of `MAX_DEPTH`. */
function isTooDeep(text: string): boolean {
  return /^(?:[ \t]*(?:>|[-*+]|\d{1,9}[.)])[ \t]*){12}/m.test(text) || /[[*~]{40}/.test(text);
}

function blockOf(token: Token, depth: number): Block[] {
  const { text } = token as Partial<Tokens.Code>;
  // An empty quote or code block would be invisible, and so would the first line of its fence.
  if (depth > MAX_DEPTH || text === '') return [raw(token)];
  switch (token.type) {
    case 'space':
      return [];
    case 'paragraph':
    case 'text':
      return [{ kind: 'paragraph', children: inlinesOf(partsOf(token) ?? [token], 0) }];
    case 'blockquote':
      return [{ kind: 'quote', children: (partsOf(token) ?? []).flatMap((child) => blockOf(child, depth + 1)) }];
    case 'list':
      return [listOf(token as Tokens.List, depth + 1)];
    case 'code':
      return [{ kind: 'code', text: text! }];
    default:
      return [raw(token)];
  }
}

function listOf({ ordered, start, items }: Tokens.List, depth: number): Block {
  return {
    kind: 'list',
    start: ordered ? Number(start) : undefined,
    items: items.map(({ tokens }) => tokens.flatMap((child) => blockOf(child, depth))),
  };
}

function raw(token: Token): Block {
  return { kind: 'paragraph', children: [{ kind: 'text', text: token.raw.trimEnd() }] };
}

function inlinesOf(tokens: readonly Token[], depth: number): Inline[] {
  return tokens.flatMap((token) => inlineOf(token, depth));
}

function inlineOf(token: Token, depth: number): Inline[] {
  const children = () => inlinesOf(partsOf(token) ?? [], depth + 1);
  if (depth > MAX_DEPTH) return [{ kind: 'text', text: token.raw }];
  switch (token.type) {
    case 'strong':
    case 'em':
    case 'del':
      return [{ kind: token.type, children: children() }];
    case 'codespan':
      return [{ kind: 'code', text: (token as Tokens.Codespan).text }];
    case 'br':
      return [{ kind: 'break' }];
    case 'link': {
      const href = safeHref((token as Tokens.Link).href);
      if (href === undefined) return [{ kind: 'text', text: token.raw }];
      const host = hiddenHost((token as Tokens.Link).text, href);
      const link: Inline = { kind: 'link', href, children: children() };
      return host === undefined ? [link] : [link, { kind: 'text', text: ` (${host})` }];
    }
    default:
      return partsOf(token) ? children() : [{ kind: 'text', text: token.raw }];
  }
}

function partsOf(token: Token): readonly Token[] | undefined {
  return 'tokens' in token ? token.tokens : undefined;
}
