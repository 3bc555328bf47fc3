import { readSettings } from './load-settings';
import { settingsSummary } from './summary';

it.each([
  [{}, 'database sqlite:data/chat.sqlite, limits on'],
  [
    { DATABASE_URL: 'postgres://max:geheim@db:5432/chat?sslmode=require' },
    'database postgres://max@db:5432/chat, limits on',
  ],
  [{ HTTP_RATE: '0', MAX_CONNECTIONS: '0' }, 'database sqlite:data/chat.sqlite, limits off: HTTP_RATE MAX_CONNECTIONS'],
  [{ LIMITS: 'off' }, 'database sqlite:data/chat.sqlite, limits off: all'],
])('%j: %s', (environment, summary) => {
  expect(settingsSummary(readSettings(environment))).toBe(summary);
});
