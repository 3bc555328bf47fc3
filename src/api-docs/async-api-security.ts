type Reference = Readonly<{ $ref: string }>;

const WHERE = 'Only where the server knows users (`AUTH_*`); elsewhere it is ignored.';

/** The ways in which a client can pass an access token. */
export const SECURITY_SCHEMES = {
  header: {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: `An access token in the handshake. ${WHERE}`,
  },
  subprotocol: {
    type: 'httpApiKey',
    in: 'header',
    name: 'Sec-WebSocket-Protocol',
    description: `The same for browsers, which cannot set a header: \`bearer.\` and the token, beside the subprotocol of the protocol. ${WHERE}`,
  },
  query: {
    type: 'httpApiKey',
    in: 'query',
    name: 'access_token',
    description: 'The same for v1 scripts; only with `AUTH_QUERY_TOKEN=true`, as addresses are logged.',
  },
  frame: {
    type: 'apiKey',
    in: 'password',
    description: `An access token in the field \`token\` of a frame: in v2, \`hello\` begins with one, and \`authenticate\` brings its successor. ${WHERE}`,
  },
} as const;

/** One of them suffices; where guests are admitted, or the server knows no users, none is needed. */
export const SERVER_SECURITY = references('header', 'subprotocol', 'query', 'frame');

/** Security of a client frame; undefined if it takes no token. */
export function securityOf({ properties = {} }: { readonly properties?: object }): readonly Reference[] | undefined {
  return 'token' in properties ? references('frame') : undefined;
}

function references(...names: (keyof typeof SECURITY_SCHEMES)[]): readonly Reference[] {
  return names.map((name) => ({ $ref: `#/components/securitySchemes/${name}` }));
}
