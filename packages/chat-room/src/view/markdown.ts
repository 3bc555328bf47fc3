import { html, type TemplateResult } from 'lit/html.js';
import { type Block, blocksOf, type Inline } from '../markdown/blocks.js';

/** Renders a message's text through Lit's text and attribute bindings only; nothing is parsed as HTML. */
export function markdown(text: string): TemplateResult[] {
  return blocksOf(text).map(block);
}

function block(node: Block): TemplateResult {
  switch (node.kind) {
    case 'paragraph':
      return html`<p>${node.children.map(inline)}</p>`;
    case 'code':
      return html`<pre><code>${node.text}</code></pre>`;
    case 'quote':
      return html`<blockquote>${node.children.map(block)}</blockquote>`;
    case 'list': {
      const items = node.items.map((item) => html`<li>${item.map(block)}</li>`);
      return node.start === undefined
        ? html`<ul>
            ${items}
          </ul>`
        : html`<ol start=${node.start}>
            ${items}
          </ol>`;
    }
  }
}

function inline(node: Inline): unknown {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'code':
      return html`<code>${node.text}</code>`;
    case 'strong':
      return html`<strong>${node.children.map(inline)}</strong>`;
    case 'em':
      return html`<em>${node.children.map(inline)}</em>`;
    case 'del':
      return html`<del>${node.children.map(inline)}</del>`;
    case 'break':
      return html`<br />`;
    case 'link':
      return html`<a href=${node.href} title=${node.href} target="_blank" rel="noopener noreferrer nofollow ugc"
        >${node.children.map(inline)}</a
      >`;
  }
}
