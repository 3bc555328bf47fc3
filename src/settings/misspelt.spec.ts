import { misspeltSettings, uselessOptions } from './misspelt';

it.each([
  ['HEARTBEATSECONDS', 'HEARTBEAT_SECONDS'],
  ['HEARTBEAT_SECOND', 'HEARTBEAT_SECONDS'],
  ['MAX_CONNECTION', 'MAX_CONNECTIONS'],
  ['MESAGE_RATE', 'MESSAGE_RATE'],
  ['TRUST_PORXY', 'TRUST_PROXY'],
  ['DATABASE-URL', 'DATABASE_URL'],
  ['ALLOWED_ORIGIN', 'ALLOWED_ORIGINS'],
  ['LIMIT', 'LIMITS'],
  ['Port', 'PORT'],
])('%s: did you mean %s?', (name, nearest) => {
  expect(misspeltSettings({ [name]: '1' })).toEqual([
    `${name} is not a setting and has no effect; did you mean ${nearest}?`,
  ]);
});

it.each([
  'PATH',
  'HOSTNAME',
  'POST',
  'SORT',
  'HOST_IP',
  'HTTP_PROXY',
  'npm_config_loglevel',
  'PGHOST',
  'REDIS_HOST',
  'CHAT_PORT',
])('reports nothing for %s', (name) => expect(misspeltSettings({ [name]: '1' })).toEqual([]));

it('reports nothing for correct settings', () =>
  expect(misspeltSettings({ PORT: '1', MAX_CONNECTIONS: '1' })).toEqual([]));

it('reports options by name, without their values', () =>
  expect(uselessOptions(['--port', '3000', '--metrics-token=geheim', '-v'])).toEqual([
    '--port has no effect, as the server has no options; set the variable PORT (--help)',
    '--metrics-token has no effect, as the server has no options; set the variable METRICS_TOKEN (--help)',
    '-v has no effect, as the server has no options; settings are environment variables (--help)',
  ]));
