import { ValidateBy, type ValidationArguments } from 'class-validator';
import { isOriginList } from './origins';
import { isTrustProxy } from './proxy-trust';

/**
 * The driver lets parameters of the URL win over what the server asks of its connections: by these it could write where it
 * must only read, wait for ever, or hide from a move.
 */
const RESERVED_PARAMETERS = ['options', 'application_name', 'statement_timeout', 'query_timeout'];

/** What the rest of a frame takes at most, in bytes: keys, name, `client_id`, `timestamp`. */
const FRAME_REST_BYTES = 2_048;
/** A code point beyond U+FFFF as two escapes, `\ud83d\ude00`, as many JSON libraries write it. */
const MAX_CODE_POINT_BYTES = 12;

/** Bytes of the longest frame of a message of so many code points. */
export function frameBytesFor(maxMessageLength: number): number {
  return maxMessageLength * MAX_CODE_POINT_BYTES + FRAME_REST_BYTES;
}

/** Room for the longest message that `MAX_MESSAGE_LENGTH` allows. */
export function FitsLongestMessage(): PropertyDecorator {
  const least = (args?: ValidationArguments) =>
    frameBytesFor((args?.object as { MAX_MESSAGE_LENGTH: number }).MAX_MESSAGE_LENGTH);
  return ValidateBy(
    { name: 'fitsLongestMessage', validator: { validate: (value, args) => (value as number) >= least(args) } },
    {
      message: (args) =>
        `at least ${least(args)}, which a message of MAX_MESSAGE_LENGTH code points can take, or a smaller MAX_MESSAGE_LENGTH`,
    },
  );
}

/** `*`, or origins as browsers send them and patterns of them, comma-separated. */
export function IsOriginList(): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isOriginList',
      validator: { validate: (value) => typeof value === 'string' && isOriginList(value) },
    },
    {
      message:
        '* or a comma-separated list of origins (scheme and host, no path) such as https://chat.example.org, ' +
        'https://*.example.org, capacitor://localhost',
    },
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
    {
      message: `sqlite:PATH, a file, without a blank at either end, or postgres://USER:PASSWORD@HOST:PORT/DATABASE without the parameters ${RESERVED_PARAMETERS.join(', ')}`,
    },
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

function isSqliteFile(value: string): boolean {
  return /^sqlite:(?!:memory:$)(?!\s)[^\0\r\n]+(?<!\s)$/.test(value);
}

function isPostgresDatabase(value: string): boolean {
  if (!/^postgres(ql)?:\/\//.test(value) || !URL.canParse(value)) return false;
  const { pathname, searchParams } = new URL(value);
  return pathname.length > 1 && !RESERVED_PARAMETERS.some((name) => searchParams.has(name));
}

function isRedis(value: unknown): boolean {
  if (typeof value !== 'string' || !/^rediss?:\/\//.test(value) || !URL.canParse(value)) return false;
  return /^\/?\d*$/.test(new URL(value).pathname);
}
