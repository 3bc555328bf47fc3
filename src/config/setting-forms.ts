import { ValidateBy } from 'class-validator';
import proxyAddr from 'proxy-addr';

/** `*`, or origins as browsers send them (`https://chat.example.org`, no path), comma-separated. */
export function IsOriginList(): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isOriginList',
      validator: {
        validate: (value) => value === '*' || (typeof value === 'string' && value.split(',').every(isOrigin)),
      },
    },
    { message: '* or a comma-separated list of origins such as https://chat.example.org' },
  );
}

/** A SQLite file or a PostgreSQL database. */
export function IsDatabaseUrl(): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isDatabaseUrl',
      validator: {
        validate: (value) => typeof value === 'string' && (isSqliteFile(value) || isPostgresDatabase(value)),
      },
    },
    { message: 'sqlite:PATH, a file, or postgres://USER:PASSWORD@HOST:PORT/DATABASE' },
  );
}

/** What Express takes for `trust proxy`. */
export function IsTrustProxy(): PropertyDecorator {
  return ValidateBy(
    { name: 'isTrustProxy', validator: { validate: (value) => typeof value === 'string' && isTrustProxy(value) } },
    { message: 'true, false, a number of hops, or a comma-separated list of addresses or subnets' },
  );
}

/** Nothing, or where a Redis is, which carries messages only between replicas, which only PostgreSQL can have. */
export function IsRedisUrl(): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isRedisUrl',
      validator: {
        validate: (value, args) =>
          value === '' ||
          (isRedis(value) && isPostgresDatabase((args?.object as { DATABASE_URL: string }).DATABASE_URL)),
      },
    },
    { message: 'redis://HOST:PORT or rediss://HOST:PORT, only together with a DATABASE_URL of postgres://' },
  );
}

/** The value in the type Express wants. */
export function parseTrustProxy(value: string): boolean | number | string[] {
  if (value === 'true' || value === 'false') return value === 'true';
  return /^\d{1,3}$/.test(value) ? Number(value) : value.split(',').map((part) => part.trim());
}

function isOrigin(value: string): boolean {
  return URL.canParse(value.trim()) && new URL(value.trim()).origin === value.trim();
}

function isSqliteFile(value: string): boolean {
  return /^sqlite:(?!:memory:$|$)[^\0]+$/.test(value);
}

function isPostgresDatabase(value: string): boolean {
  return /^postgres(ql)?:\/\//.test(value) && URL.canParse(value) && new URL(value).pathname.length > 1;
}

function isRedis(value: unknown): boolean {
  return typeof value === 'string' && /^rediss?:\/\//.test(value) && URL.canParse(value);
}

function isTrustProxy(value: string): boolean {
  const parsed = parseTrustProxy(value);
  if (!Array.isArray(parsed)) return true;
  try {
    proxyAddr.compile(parsed);
    return true;
  } catch {
    return false;
  }
}
