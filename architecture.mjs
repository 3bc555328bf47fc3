/**
 * The modules of `src`, lowest first, and what each may import besides itself and packages. Enforced by ESLint in the editor and
 * by dependency-cruiser in `npm run lint`; the start-up files (`main`, `app.module`, `app.factory`) may import everything.
 */
export const MODULES = {
  platform: [],
  settings: ['platform'],
  limits: ['platform', 'settings'],
  storage: ['platform', 'settings'],
  cluster: ['platform', 'settings', 'storage'],
  stats: ['platform', 'settings', 'storage'],
  access: ['platform', 'settings', 'limits', 'storage'],
  messages: ['platform', 'settings', 'limits', 'storage', 'cluster', 'stats', 'access'],
  moderation: ['platform', 'settings', 'limits', 'storage', 'cluster', 'access', 'messages'],
  chat: ['platform', 'settings', 'limits', 'storage', 'cluster', 'access', 'messages', 'moderation'],
  health: ['platform', 'settings', 'storage', 'cluster', 'access', 'messages', 'chat'],
  'api-docs': ['platform', 'settings', 'chat'],
  web: ['platform', 'settings', 'access'],
  cli: ['platform', 'settings', 'storage'],
};

/** The same inside `src/chat`. Its module, its health indicator and the registry of channels may import all of them. */
export const CHAT = {
  protocol: [],
  delivery: ['protocol'],
  sessions: ['protocol', 'delivery'],
  presence: ['protocol', 'delivery', 'sessions'],
  sse: ['protocol', 'delivery', 'sessions'],
  gateway: ['protocol', 'delivery', 'sessions', 'presence', 'sse'],
};

/** The tools beside `src`, and what each may import besides itself and packages: regular expressions of paths. */
export const TOOLS = {
  bench: ['src/'],
  // A proof that shares code with what it proves shares its mistakes.
  proof: ['src/chat/protocol/frames(\\.ts)?$'],
  // A client that tries any server must not share code with one.
  conformance: [],
};
