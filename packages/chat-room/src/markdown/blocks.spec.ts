import fc from 'fast-check';
import { type Block, blocksOf, type Inline } from './blocks.js';

const inline = (text: string) => {
  const [block] = blocksOf(text);
  return block?.kind === 'paragraph' ? block.children : undefined;
};
const text = (value: string) => ({ kind: 'text', text: value });

describe('blocksOf', () => {
  it('recognises bold, emphasis, code and struck text', () => {
    expect(inline('**a** *b* `c` ~~d~~')).toEqual([
      { kind: 'strong', children: [text('a')] },
      text(' '),
      { kind: 'em', children: [text('b')] },
      text(' '),
      { kind: 'code', text: 'c' },
      text(' '),
      { kind: 'del', children: [text('d')] },
    ]);
  });

  it('keeps line breaks', () => {
    expect(inline('eins\nzwei')).toEqual([text('eins'), { kind: 'break' }, text('zwei')]);
  });

  it('recognises fenced code, lists and quotes', () => {
    expect(blocksOf('```js\na < b\n```')).toEqual([{ kind: 'code', text: 'a < b' }]);
    expect(blocksOf('3. x\n4. y')).toMatchObject([{ kind: 'list', start: 3 }]);
    expect(blocksOf('- x\n- y')).toMatchObject([{ kind: 'list', start: undefined, items: [[{}], [{}]] }]);
    expect(blocksOf('> Eva: hallo\n\nja')).toMatchObject([{ kind: 'quote' }, { kind: 'paragraph' }]);
  });

  it('links addresses of http, https and mail, and nothing else', () => {
    expect(inline('siehe https://a.example/b?c=d.')).toEqual([
      text('siehe '),
      { kind: 'link', href: 'https://a.example/b?c=d', children: [text('https://a.example/b?c=d')] },
      text('.'),
    ]);
    expect(inline('[x](https://a.example)')).toMatchObject([{ kind: 'link', href: 'https://a.example/' }]);
    for (const bad of ['javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'data:text/html,x', '/relative', 'vbscript:x']) {
      expect(JSON.stringify(blocksOf(`[x](${bad})`))).not.toContain('"link"');
    }
  });

  it('says where a link leads whose text names another address', () => {
    const evil = { kind: 'link', href: 'https://evil.example/' };
    for (const name of ['https://bank.example', 'bank.example', 'see www.bank.example/login', 'HTTPS://Bank.Example']) {
      expect(inline(`[${name}](https://evil.example)`)).toMatchObject([evil, text(' (evil.example)')]);
    }
    for (const honest of [
      '[evil.example](https://evil.example)',
      '[example](https://evil.example)',
      '[here](https://evil.example)',
      'https://evil.example',
    ]) {
      expect(inline(honest)).toMatchObject([evil]);
      expect(inline(honest)).toHaveLength(1);
    }
    expect(inline('https://www.a.example/b/c.html?d=e.f')).toHaveLength(1);
    expect(inline('max@a.example')).toHaveLength(1);
    expect(inline('https://müller.example/ä')).toHaveLength(1);
    expect(inline('[a.example](https://a.example.evil.example)')).toHaveLength(2);
  });

  it('links to images instead of loading them', () => {
    expect(inline('![x](https://a.example/x.png)')).toMatchObject([text('!'), { kind: 'link' }]);
  });

  it.each([
    '<img src=x onerror=alert(1)>',
    '# keine Überschrift',
    'a\n---',
    '[a]: https://verschwindet.example',
    '¯\\_(ツ)_/¯',
    'snake_case_name',
    '~~~ruft sie',
    '```ruft sie\n```',
    '| a | b |\n|---|---|\n| 1 | 2 |',
    '    eingerückt',
    '&amp; &lt;',
    '\\*',
  ])('shows %j as it was typed', (typed) => {
    expect(visible(blocksOf(typed)).replace(/\s+/g, ' ').trim()).toContain(typed.replace(/\s+/g, ' ').trim());
  });

  it('takes any text at once and drops no word of it', () => {
    const hostile = fc.array(
      fc.constantFrom('*', '**', '`', '[', '](', ')', '>', '- ', '1. ', '\n', '~', 'w', ' ', '<', '_', '|'),
      {
        maxLength: 400,
      },
    );
    fc.assert(
      fc.property(hostile, (parts) => {
        const typed = parts.join('');
        const words = (value: string) => value.match(/w/g)?.length ?? 0;
        // Not for link addresses and the info strings of code fences, which are not shown.
        if (!/(`{3}|~{3})[^]*\n|\]\(/.test(typed)) expect(words(visible(blocksOf(typed)))).toBe(words(typed));
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    '>'.repeat(4000),
    '- '.repeat(2000),
    '*a **b '.repeat(570),
    '['.repeat(4000),
    '[a]('.repeat(1000),
    '`'.repeat(4000),
  ])('is not slowed down by 4,000 marks (%#)', (typed) => {
    const before = performance.now();
    blocksOf(typed);
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  // Lengths at which quadratic time would far exceed the limit.
  it.each([
    ['*a **[a][ä&', 20_000],
    ['a![***', 20_000],
    ['[**a', 20_000],
    ['-*~', 14_000],
    ['a+**', 14_000],
    ['~~a', 20_000],
  ])('takes no more than its share of time for marks without an end (%j)', (unit, length) => {
    const typed = unit.repeat(length / unit.length);
    const before = performance.now();
    expect(visible(blocksOf(typed)).length).toBeGreaterThan(0);
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it('recognises every mark of a long message that people write', () => {
    const typed = '**fett** und *schräg*, [x](https://a.example) ~~weg~~ '.repeat(74);
    expect(JSON.stringify(blocksOf(typed)).match(/"(?:strong|em|link|del)"/g)).toHaveLength(296);
  });
});

function visible(blocks: readonly Block[]): string {
  return blocks.map((block) => visibleOf(block)).join('\n');
}

function visibleOf(block: Block): string {
  if (block.kind === 'code') return block.text;
  if (block.kind === 'quote') return visible(block.children);
  if (block.kind === 'list') return block.items.map(visible).join('\n');
  return visibleInline(block.children);
}

function visibleInline(nodes: readonly Inline[]): string {
  return nodes
    .map((node) => (node.kind === 'break' ? '\n' : 'text' in node ? node.text : visibleInline(node.children)))
    .join('');
}
