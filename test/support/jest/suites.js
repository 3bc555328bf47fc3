/**
 * The suites of `npm run test:NAME`: what each shows, what must be installed for it, and its files. Files that no row names
 * are in `sqlite`. Rules in which the database has no part are shown on SQLite alone.
 */
const SUITES = {
  unit: { shows: 'classes by themselves' },
  sqlite: { shows: 'the server over SQLite' },
  faults: {
    shows: 'full disks, rude clients, stalled readers, wrong proxies and shutdown, over SQLite',
    files: [
      'conformance',
      'disk',
      'http-memory',
      'rude-clients',
      'shutdown',
      'shutdown-readers',
      'slow-readers',
      'tiny-chunks',
    ],
  },
  postgres: {
    shows: 'the server over PostgreSQL, and moving between the two',
    needs: 'PostgreSQL (TEST_POSTGRES_URL, else 127.0.0.1:5432)',
    files: ['postgres', 'postgres-connection', 'postgres-privileges', 'move'],
    alsoOnSqlite: [
      'changes',
      'access',
      'access-abuse',
      'durability',
      'event-stream',
      'health',
      'message-changes',
      'message-writer',
      'messages',
      'metrics',
      'migrations',
      'names',
      'rest-writing',
      'moderation',
      'shutdown',
      'websocket',
      'websocket-property',
      'websocket-v2',
      'writable-repositories',
    ],
  },
  cluster: {
    shows: 'several replicas as one chat',
    needs: 'PostgreSQL, Redis and HAProxy',
    files: ['cluster', 'cluster-bus', 'cluster-changes', 'cluster-moderation', 'cluster-presence', 'rolling-update'],
  },
  browser: {
    shows: 'the page and the element',
    needs: 'Chromium (CHROMIUM_PATH)',
    files: [
      'client-browser',
      'page',
      'page-access',
      'page-panel',
      'page-everybody',
      'front-end',
      'front-end-history',
      'chat-room',
      'chat-room-scroll',
      'chat-room-sending',
      'chat-room-identity',
      'chat-room-everybody',
      'chat-room-package',
    ],
  },
  deploy: {
    shows: 'manifests, balancer and container',
    needs: 'HAProxy, kubectl, docker compose and root',
    files: ['balancer', 'deploy'],
  },
  proof: {
    shows: 'faults injected into real servers',
    needs: 'the programs of PostgreSQL and Redis, and Chromium',
    files: ['proof', 'cluster-proof'],
  },
};

/** Files that take longest, in descending order, wherever they run. */
const LONGEST = [
  'cluster-proof',
  'move',
  'postgres',
  'slow-readers',
  'shutdown-readers',
  'http-edge',
  'disk',
  'conformance',
  'proof',
  'rude-clients',
  'tiny-chunks',
  'terminal',
  'client-connection',
  'limits',
  'websocket',
  'python-example',
  'moderation',
  'durability',
  'start',
  'websocket-property',
];

module.exports = { SUITES, LONGEST };
