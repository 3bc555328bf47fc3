import eslint from '@eslint/js';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';
import { CHAT, MODULES, TOOLS } from './architecture.mjs';

/** Enforces the table of modules in the editor: no import from a module that its row does not allow. */
function importRule(files, ...restrictions) {
  const patterns = restrictions.map(([table, name, prefix]) => {
    const others = Object.keys(table).filter((other) => other !== name && !table[name].includes(other));
    // `(?!)` matches nothing: for a module that may import all others.
    return {
      regex: `${prefix}(${others.join('|') || '(?!)'})/`,
      message: `${name} may not import this module: architecture.mjs`,
    };
  });
  return { files: [files], rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

/** The same for the tools beside `src`. */
function toolRule([name, allowed]) {
  const regex = `${UP}(?!${allowed.join('|') || '(?!)'})(?:src|bench|proof|conformance|test)/`;
  const message = `${name} may not import this: architecture.mjs`;
  return {
    files: [`${name}/**/*.ts`],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ regex, message }] }] },
  };
}

const UP = '^(?:\\.\\./)+';
const importRules = [
  ...Object.keys(MODULES).map((name) => importRule(`src/${name}/**/*.ts`, [MODULES, name, UP])),
  ...Object.keys(CHAT).map((name) =>
    importRule(`src/chat/${name}/**/*.ts`, [MODULES, 'chat', UP], [CHAT, name, '^\\.\\./']),
  ),
  ...Object.entries(TOOLS).map(toolRule),
];

export default tseslint.config(
  { ignores: ['**/dist/', 'coverage/', '**/node_modules/'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A module is a class with nothing but its decorator.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Response classes describe shapes for OpenAPI; plain objects fill them.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      '@typescript-eslint/no-misused-spread': 'off',
    },
  },
  {
    files: ['packages/client/**/*.ts'],
    rules: {
      // Every byte counts: `return f()` is shorter than `f(); return`.
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { properties: false } }],
      // The parts of the client are closures without `this`.
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-plus-operands': ['error', { allowNumberAndString: true }],
    },
  },
  {
    files: ['packages/chat-room/**/*.ts'],
    rules: {
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
    },
  },
  ...importRules,
  {
    files: ['test/**/*.ts', '**/*.spec.ts'],
    rules: { '@typescript-eslint/no-unsafe-assignment': 'off' },
  },
  {
    files: ['**/*.js', '**/*.mjs'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'require',
          'module',
          '__dirname',
          'process',
          'console',
          'setTimeout',
          'clearTimeout',
          'fetch',
          'URL',
          'structuredClone',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  {
    files: ['examples/**/*.js'],
    languageOptions: { globals: { document: 'readonly' } },
  },
  {
    files: ['src/web/public/**/*.js'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'window',
          'document',
          'navigator',
          'location',
          'localStorage',
          'sessionStorage',
          'WebSocket',
          'Intl',
          'URL',
          'URLSearchParams',
          'TextEncoder',
          'TextDecoder',
          'AbortController',
          'requestAnimationFrame',
          'ResizeObserver',
          'requestAnimationFrame',
          'ResizeObserver',
          'matchMedia',
          'clearInterval',
          'setInterval',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  prettier,
);
