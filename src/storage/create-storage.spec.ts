import { StartupError } from '../platform/errors/startup-error';
import { readSettings } from '../settings/load-settings';
import { createStorage } from './create-storage';

it.each([
  'mysql://localhost',
  'postgres://localhost',
  'postgres:chat',
  'sqlite:',
  'sqlite::memory:',
  'sqlite: data/chat.sqlite',
  'sqlite:data/chat.sqlite ',
  'sqlite: :memory: ',
])('refuses DATABASE_URL=%s in one line with the name, the value and the allowed values', (value) => {
  const read = () => readSettings({ DATABASE_URL: value });
  expect(read).toThrow(StartupError);
  expect(read).toThrow(
    new RegExp(`^DATABASE_URL="${value}" is not allowed; allowed: sqlite:PATH, .+, or postgres://.+$`),
  );
});

it.each([
  ['sqlite:data/chat.sqlite', 'sqlite'],
  ['postgres://localhost/chat', 'postgres'],
  ['postgresql://localhost/chat', 'postgres'],
])('chooses the storage for %s', (DATABASE_URL, kind) => {
  expect(createStorage(readSettings({ DATABASE_URL })).kind).toBe(kind);
});

it.each(['postgres://localhost/chat', 'postgresql://max:geheim@db.example:5433/chat?sslmode=require'])(
  'takes DATABASE_URL=%s',
  (value) => {
    expect(readSettings({ DATABASE_URL: value }).DATABASE_URL).toBe(value);
  },
);

it.each(['options=-c%20jit=on', 'sslmode=require&application_name=x', 'statement_timeout=0', 'query%5Ftimeout=1'])(
  'refuses the parameters ?%s of DATABASE_URL',
  (parameters) => {
    expect(() => readSettings({ DATABASE_URL: `postgres://localhost/chat?${parameters}` })).toThrow(
      /^DATABASE_URL="postgres:\/\/localhost\/chat" is not allowed; .* without the parameters options, /,
    );
  },
);

it.each([
  'postgres://max:geheim@localhost',
  'postgress://max:geheim/x@localhost/chat',
  'postgres:max:ge@heim@localhost/chat',
  'postgres://localhost?user=max&password=geheim',
  'max:geheim@localhost/chat',
])('does not repeat the password of %s', (value) => {
  expect(() => readSettings({ DATABASE_URL: value })).toThrow(/^(?!.*geheim)(?!.*heim@)DATABASE_URL=".*localhost/);
});

it.each([
  'postgres://max:geheim?x@localhost/chat',
  'postgres://max:x?geheim@[',
  'postgres://localhost?password=x@geheim',
  'max:geheim?x@localhost',
  'geheim?x@localhost',
  'host=localhost password=geheim',
])('shows only the scheme of %s', (value) => {
  const shown = value.startsWith('postgres://') ? 'postgres://…' : '…';
  expect(() => readSettings({ DATABASE_URL: value })).toThrow(`DATABASE_URL="${shown}" is not allowed`);
});

it.each([
  ['sqlite:data/chat\u0000.sqlite', 'sqlite:data/chat\\u0000.sqlite'],
  ['sqlite:a\nb', 'sqlite:a\\nb'],
  ['sqlite:\t', 'sqlite:\\t'],
])('shows an invalid DATABASE_URL in one line', (value, shown) => {
  expect(() => readSettings({ DATABASE_URL: value })).toThrow(`DATABASE_URL="${shown}" is not allowed`);
});
