import { StartupError } from '../platform/errors/startup-error';
import { readSettings } from './load-settings';

describe('readSettings', () => {
  it('returns the defaults for an empty environment', () => {
    expect(readSettings({})).toMatchObject({ PORT: 8000, HOST: '0.0.0.0', DATABASE_URL: 'sqlite:data/chat.sqlite' });
  });

  it('parses numbers and treats an empty value as unset', () => {
    expect(readSettings({ PORT: '0', HEARTBEAT_SECONDS: '' })).toMatchObject({ PORT: 0, HEARTBEAT_SECONDS: 30 });
  });

  it('returns frozen settings', () => {
    expect(() => Object.assign(readSettings({}), { PORT: 1 })).toThrow(TypeError);
  });

  it('applies LIMITS=off to every rate and per-address limit that is not set', () => {
    const settings = readSettings({ LIMITS: 'off', MESSAGE_RATE: '7' });
    expect(settings).toMatchObject({ MESSAGE_RATE: 7, HTTP_RATE: 0, FRAME_RATE: 0, MAX_CONNECTIONS_PER_IP: 0 });
    expect(settings).toMatchObject({ MESSAGE_BURST: 100, MAX_CONNECTIONS: 20_000, MAX_UNSENT_MIB: 128 });
  });

  it('fits the longest message into a frame by default', () => {
    expect(readSettings({ MAX_MESSAGE_LENGTH: '10000' }).MAX_FRAME_BYTES).toBe(122_048);
  });

  it('refuses frames too small for the longest message', () => {
    expect(() => readSettings({ MAX_FRAME_BYTES: '32768' })).toThrow(
      /^MAX_FRAME_BYTES="32768" is not allowed; allowed: at least 50048, which a message of MAX_MESSAGE_LENGTH/,
    );
    expect(readSettings({ MAX_FRAME_BYTES: '32768', MAX_MESSAGE_LENGTH: '2000' }).MAX_FRAME_BYTES).toBe(32_768);
  });

  it.each([
    ['PORT', '65536'],
    ['PORT', '80a'],
    ['PORT', '-1'],
    ['PORT', '1e3'],
    ['REDIS_URL', 'localhost:6379'],
    ['REDIS_URL', 'redis://localhost:6379'],
    ['SQLITE_SYNCHRONOUS', 'off'],
    ['DEFAULT_LANGUAGE', 'fr'],
    ['ALLOWED_ORIGINS', 'chat.example.org'],
    ['ALLOWED_ORIGINS', 'https://chat.example.org/path'],
    ['ALLOWED_ORIGINS', 'null'],
    ['TRUST_PROXY', 'everyone'],
    ['LOG_LEVEL', 'loud'],
    ['MAX_FRAME_BYTES', '0'],
  ])('refuses %s=%s in one line with the name, the value and the allowed values', (name, value) => {
    const read = () => readSettings({ [name]: value });
    expect(read).toThrow(StartupError);
    expect(read).toThrow(new RegExp(`^${name}="${value}" is not allowed; allowed: .+$`));
  });

  it('shows an invalid value with a bounded length', () => {
    const shown = `${'x'.repeat(200)}…`;
    expect(() => readSettings({ LOG_LEVEL: 'x'.repeat(300) })).toThrow(`LOG_LEVEL="${shown}" is not allowed`);
  });

  it('does not print a secret that is too short', () => {
    expect(() => readSettings({ CLUSTER_SECRET: 'geheim' })).toThrow(
      'CLUSTER_SECRET="…" is not allowed; allowed: at least 32 characters',
    );
  });

  it.each(['true', 'false', '1', 'loopback', '10.0.0.0/8, 127.0.0.1'])('accepts TRUST_PROXY=%s', (value) => {
    expect(readSettings({ TRUST_PROXY: value }).TRUST_PROXY).toBe(value);
  });

  it.each(['*', 'https://a.example', 'https://a.example, http://localhost:3000'])(
    'takes ALLOWED_ORIGINS=%s',
    (value) => {
      expect(readSettings({ ALLOWED_ORIGINS: value }).ALLOWED_ORIGINS).toBe(value);
    },
  );

  it('refuses a REDIS_URL with a non-numeric path', () => {
    const environment = { DATABASE_URL: 'postgres://localhost/chat', REDIS_URL: 'redis://localhost/chat' };
    expect(() => readSettings(environment)).toThrow(/^REDIS_URL="redis:\/\/localhost\/chat" is not allowed/);
  });

  it.each(['redis://localhost', 'rediss://:geheim@redis.example:6380/0'])(
    'takes REDIS_URL=%s with PostgreSQL',
    (value) => {
      expect(readSettings({ DATABASE_URL: 'postgres://localhost/chat', REDIS_URL: value }).REDIS_URL).toBe(value);
    },
  );

  it.each(['redis://max:geheim@localhost', 'redis://:geh@im/geheim@[', 'geheim://a:geheim@', 'redis://:geheim?x@['])(
    'shows no password of REDIS_URL=%s',
    (value) => expect(() => readSettings({ REDIS_URL: value })).not.toThrow(/geheim@|geh@|:geheim/),
  );
});
