import { ASYNC_API, type Message, type Schema } from './async-api-document';

/** A string that needs no escaping. */
class Html {
  constructor(readonly text: string) {}
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

const STYLE = `
:root { color-scheme: light dark; --line: #8885; --muted: light-dark(#59626f, #a3acb8); --field: #8881; }
* { box-sizing: border-box; }
body { max-width: 56rem; margin: 0 auto; padding: 1rem; font: 1rem/1.5 system-ui, sans-serif;
  -webkit-text-size-adjust: 100%; overflow-wrap: break-word; }
h1, h2, h3, h4 { line-height: 1.25; }
h1 small { color: var(--muted); font-weight: normal; }
h2 { margin-top: 3rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h4 { margin-bottom: 0; font-size: 1.1rem; }
h4 + p { margin-top: 0.25rem; }
nav a { display: inline-block; padding: 0.25rem 0.75rem 0.25rem 0; }
code, pre { font-family: ui-monospace, monospace; font-size: 0.9em; }
pre { padding: 0.75rem; border-radius: 0.4rem; background: var(--field); white-space: pre-wrap; }
table { width: 100%; border-collapse: collapse; }
th, td { padding: 0.3rem 0.75rem 0.3rem 0; border-bottom: 1px solid var(--line); text-align: start; vertical-align: top; }
th { color: var(--muted); font-weight: normal; }
@media (max-width: 40rem) {
  thead { position: absolute; clip-path: inset(50%); }
  tr { display: block; padding-block: 0.4rem; border-bottom: 1px solid var(--line); }
  td { display: inline; border: 0; }
  td:last-child { display: block; }
  td:empty { display: none; }
}
`;

/** The AsyncAPI document as an HTML page, without scripts. */
export function asyncApiPage(): string {
  const { info, channels, 'x-close-codes': closeCodes } = ASYNC_API;
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${info.title}</title>
        <link rel="icon" href="../icon.svg" />
        <style>
          ${new Html(STYLE)}
        </style>
      </head>
      <body>
        <header>
          <h1>${info.title} <small>${info.version}</small></h1>
          <p>${prose(info.description)}</p>
          <nav>
            <a href="../docs">REST API</a>
            <a href="asyncapi.json">AsyncAPI document</a>
            <a href="#close-codes">Close codes</a>
          </nav>
        </header>
        <main>
          ${Object.keys(channels).map((version) => protocol(version as keyof typeof channels))}
          <h2 id="close-codes">Close codes</h2>
          <table>
            <thead>
              <tr>
                <th>Code</th>
                <th>Meaning</th>
              </tr>
            </thead>
            <tbody>
              ${Object.entries(closeCodes).map(([code, meaning]) => row(html`<code>${code}</code>`, prose(meaning)))}
            </tbody>
          </table>
        </main>
      </body>
    </html>`;
  return page.text;
}

function protocol(version: keyof typeof ASYNC_API.channels): Html {
  const { title, description, address, messages } = ASYNC_API.channels[version];
  const of = (action: string) => Object.entries(messages).filter(([key]) => key.startsWith(action));
  const links = Object.entries(messages).map(
    ([key, { title }]) => html`<a href="#${version}_${key}"><code>${title}</code> ${arrow(key)}</a> `,
  );
  const frames = (action: string) => of(action).map(([key, message]) => frame(`${version}_${key}`, message));
  return html`<section>
    <h2 id="${version}">${title}: <code>${address}</code></h2>
    <p>${prose(description)}</p>
    <nav>${links}</nav>
    <h3>From the client to the server</h3>
    ${frames('receive')}
    <h3>From the server to the client</h3>
    ${frames('send')}
  </section>`;
}

function arrow(key: string): string {
  return key.startsWith('receive') ? '→' : '←';
}

function frame(id: string, { title, summary, payload, examples }: Message): Html {
  return html`<article>
    <h4 id="${id}"><code>${title}</code></h4>
    <p>${prose(summary)}</p>
    <table>
      <thead>
        <tr>
          <th>Field</th>
          <th>Type</th>
          <th>Required</th>
          <th>Description</th>
        </tr>
      </thead>
      <tbody>
        ${fields(payload)}
      </tbody>
    </table>
    ${examples.map((example) => html`<pre>${JSON.stringify(example.payload, null, 2)}</pre>`)}
  </article>`;
}

/** One row per field; fields of a nested object follow it. */
function fields({ properties = {}, required = [] }: Schema, prefix = ''): Html[] {
  return Object.entries(properties).flatMap(([name, field]) => [
    row(
      html`<code>${prefix}${name}</code>`,
      typeOf(field),
      required.includes(name) ? 'required' : 'optional',
      prose(field.description ?? ''),
    ),
    ...fields(field, `${prefix}${name}.`),
  ]);
}

function row(...cells: (Html | string)[]): Html {
  return html`<tr>
    ${cells.map((cell) => html`<td>${cell}</td> `)}
  </tr>`;
}

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  const name = schema.items ? `${typeOf(schema.items)}[]` : schema.type!;
  const { format, minimum, minLength, maxLength, maxItems } = schema;
  const bounds = [
    format,
    minimum !== undefined && `from ${minimum}`,
    maxLength !== undefined && `${minLength ?? 0}–${maxLength} characters`,
    maxItems !== undefined && `at most ${maxItems}`,
  ].filter(Boolean);
  return [name, ...bounds].join(', ');
}

/** Plain text with `code` marked as in Markdown. */
function prose(text: string): Html {
  return new Html(escape(text).replace(/`([^`]+)`/g, '<code>$1</code>'));
}

/** A template that escapes its values, except `Html`. */
function html(parts: TemplateStringsArray, ...values: (string | Html | readonly Html[])[]): Html {
  const text = values.map((value, i) => `${parts[i]!}${render(value)}`).join('');
  return new Html(text + parts.at(-1)!);
}

function render(value: string | Html | readonly Html[]): string {
  if (typeof value === 'string') return escape(value);
  return value instanceof Html ? value.text : value.map(({ text }) => text).join('');
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => ENTITIES[character]!);
}
