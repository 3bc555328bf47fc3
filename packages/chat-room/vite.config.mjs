import { defineConfig } from 'vite';
import { NO_CONSTRUCTS } from './src/markdown/no-constructs.ts';

// Otherwise Vite bundles the development builds of the libraries, which are larger and log a warning on every page. Jest sets
// `test`, and servers under test serve what it builds.
process.env.NODE_ENV = 'production';

/** Minifies HTML and CSS inside template literals, which the minifier leaves alone as strings. */
const smallTemplates = {
  name: 'small-templates',
  transform(code, id) {
    if (!id.endsWith('.css.ts')) return undefined;
    const small = code.replace(
      /= (?:\/\*.*?\*\/ )?`\n([^`]*)`;/g,
      (_, css) =>
        `=\`${css
          .replace(/\/\*.*?\*\//gs, '')
          .replace(/\s+/g, ' ')
          .replace(/ ?([{};,]) ?|(:) /g, '$1$2')
          .replace(/\b0\./g, '.')}\`;`,
    );
    return { code: small.replaceAll(';}', '}'), map: null };
  },
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type === 'chunk') chunk.code = chunk.code.replace(/\n {2,}/g, ' ');
    }
  },
};

/**
 * Removes the parts of marked that are unused here but that no bundler can prove unused: the instance of the HTML renderer behind
 * the lexer; `NO_CONSTRUCTS` in the tokenizer; the rules of the option `pedantic`. A version with a different structure fails the
 * build.
 */
const lexerOnly = {
  name: 'lexer-only',
  transform(code, id) {
    if (!id.endsWith('/marked.esm.js')) return undefined;
    const nameOf = (exported) => new RegExp(`(\\w+) as ${exported}\\b`).exec(code)?.[1];
    const [lexer, tokenizer, renderer] = ['Lexer', 'Tokenizer', 'Renderer'].map(nameOf);
    const all = this.parse(code).body.flatMap(({ declarations = [] }) => declarations);
    const find = (name) => all.find(({ id, init }) => id.name === name && init);
    const methods = find(tokenizer).init.body.body.filter(({ key }) => NO_CONSTRUCTS.includes(key.name));
    const rules = all
      .flatMap(({ init }) => (init?.type === 'ObjectExpression' ? init.properties : []))
      .filter(({ key, value }) => key?.name === 'pedantic' && value.type === 'Identifier')
      .map(({ value }) => find(value.name).init);
    if (methods.length !== NO_CONSTRUCTS.length || rules.length !== 2)
      throw new Error('marked has another form: see vite.config.mjs');
    const unused = [...methods, ...rules].sort((a, b) => b.start - a.start);
    // From the end, so that earlier offsets stay valid.
    let small = code.slice(0, find(renderer).start - 'var '.length);
    for (const one of unused)
      small = small.slice(0, one.start) + (rules.includes(one) ? '{}' : '') + small.slice(one.end);
    return { code: `${small}export{${lexer} as Lexer,${tokenizer} as Tokenizer};`, map: null };
  },
};

/** One self-contained file: `dist/chat-room.js`. */
export default defineConfig({
  root: import.meta.dirname,
  logLevel: 'warn',
  plugins: [lexerOnly, smallTemplates],
  build: {
    target: 'es2022',
    emptyOutDir: false,
    modulePreload: false,
    rolldownOptions: {
      input: 'src/chat-room.ts',
      preserveEntrySignatures: 'strict',
      output: { format: 'es', entryFileNames: 'chat-room.js', codeSplitting: false },
    },
  },
});
