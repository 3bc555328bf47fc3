import { CHAT, MODULES, TOOLS } from './architecture.mjs';

/** One rule per module of a folder: within the folder it imports only itself and the modules of its row. */
function rulesOf(folder, table) {
  return Object.entries(table).map(([name, allowed]) => ({
    name: `${folder}/${name}`,
    comment: `${folder}/${name} may import ${allowed.join(', ') || 'no other module'} (architecture.mjs)`,
    severity: 'error',
    from: { path: `^${folder}/${name}/` },
    to: { path: `^${folder}/`, pathNot: `^${folder}/(${[name, ...allowed].join('|')})/` },
  }));
}

function toolRule([name, allowed]) {
  return {
    name,
    comment: `${name} may import ${allowed.join(', ') || 'nothing'} of the other folders (architecture.mjs)`,
    severity: 'error',
    from: { path: `^${name}/` },
    to: { path: '^(src|bench|proof|conformance|test)/', pathNot: `^(${[`${name}/`, ...allowed].join('|')})` },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'move what both need into a file of its own',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'every-import-exists',
      comment: 'misspelt, or missing in package.json',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^(\\.\\./)*dist/' },
    },
    {
      name: 'every-file-has-a-module',
      comment: 'a new module needs a row in architecture.mjs',
      severity: 'error',
      from: {
        path: '^src/',
        pathNot: `^src/((${Object.keys(MODULES).join('|')})/|(main|app\\.module|app\\.factory)\\.ts$)`,
      },
      to: {},
    },
    {
      name: 'every-file-of-chat-has-a-module',
      comment: 'a new folder of src/chat needs a row in architecture.mjs',
      severity: 'error',
      from: {
        path: '^src/chat/',
        pathNot: `^src/chat/((${Object.keys(CHAT).join('|')})/|(chat\\.(module|health)|channels?)\\.ts$)`,
      },
      to: {},
    },
    ...rulesOf('src', MODULES),
    ...rulesOf('src/chat', CHAT).map((rule) => ({ ...rule, to: { ...rule.to, path: '^src/chat/' } })),
    {
      name: 'the-product-knows-no-tools',
      comment: 'shipped code must not need its tests, proof or bench',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(test|proof|bench|conformance|scripts)/' },
    },
    ...Object.entries(TOOLS).map(toolRule),
    {
      name: 'the-client-needs-nothing',
      comment: 'adds no dependency for its users, except React in the React entry',
      severity: 'error',
      from: { path: '^packages/client/src/', pathNot: '\\.spec\\.ts$' },
      to: { pathNot: '^packages/client/src/|node_modules/(@types/)?react/' },
    },
    {
      name: 'the-core-carries-no-entry',
      comment: 'unused code must not be downloaded',
      severity: 'error',
      from: { path: '^packages/client/src/', pathNot: '/(history|outbox|sse|tabs|connection-owner|react)\\.ts$' },
      to: { path: '^packages/client/src/(history|outbox|sse|tabs|connection-owner|react)\\.ts$' },
    },
    {
      name: 'the-terminal-knows-the-client-only',
      comment: 'nothing but the client speaks the protocol',
      severity: 'error',
      from: { path: '^packages/cli/src/' },
      to: { path: '^(src|bench|proof|conformance|test|packages/client/src|packages/chat-room)/' },
    },
    {
      name: 'the-conformance-kit-knows-no-package',
      severity: 'error',
      from: { path: '^conformance/' },
      to: { path: '^packages/' },
    },
    {
      name: 'no-development-packages',
      comment: 'what src imports belongs in dependencies',
      severity: 'error',
      from: { path: '^src/', pathNot: '\\.spec\\.ts$' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'unknown'], dependencyTypesNot: ['npm', 'type-only'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'require', 'default'] },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^src/web/public/' },
    reporterOptions: { mermaid: { minify: false } },
  },
};
