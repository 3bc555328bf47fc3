import { ValidateBy, type ValidationArguments } from 'class-validator';
import { databaseUrlForms, isDatabaseUrl } from './database-url';
import { parseFrameAncestors } from './frame-ancestors';
import { isOriginList } from './origins';
import { isTrustProxy } from './proxy-trust';

/** Maximum size of a frame besides the text, in bytes: keys, name, `client_id`, `timestamp`. */
const FRAME_REST_BYTES = 2_048;
/** A code point beyond U+FFFF as two escapes, `\ud83d\ude00`, as many JSON libraries write it, in bytes. */
const MAX_CODE_POINT_BYTES = 12;
/** Minimum length of a secret, in UTF-16 units: at least the 32 bytes of a key that HS256 needs. */
const MIN_SECRET_LENGTH = 32;

/** Largest frame of a message with this many code points, in bytes. */
export function frameBytesFor(maxMessageLength: number): number {
  return maxMessageLength * MAX_CODE_POINT_BYTES + FRAME_REST_BYTES;
}

/** The longest message that `MAX_MESSAGE_LENGTH` allows must fit. */
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

/** A value long enough for a secret, or an empty one. Blanks at the ends do not count: templates easily produce blank values. */
export function IsSecret(): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isSecret',
      validator: { validate: (value) => value === '' || String(value).trim().length >= MIN_SECRET_LENGTH },
    },
    { message: `at least ${MIN_SECRET_LENGTH} characters, besides white space at the ends` },
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

/** `none`, or a list of `self`, origins and patterns of origins. */
export function IsFrameAncestors(): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isFrameAncestors',
      validator: { validate: (value) => typeof value === 'string' && parseFrameAncestors(value) !== undefined },
    },
    {
      message:
        'none, or a comma-separated list of self and origins (scheme and host, no path) such as ' +
        'https://intranet.example.org, https://*.example.org',
    },
  );
}

/** The URL of a database of a supported kind. */
export function IsDatabaseUrl(): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isDatabaseUrl',
      validator: { validate: (value) => typeof value === 'string' && isDatabaseUrl(value) },
    },
    { message: databaseUrlForms },
  );
}

/** A value for Express's `trust proxy`. */
export function IsTrustProxy(): PropertyDecorator {
  return ValidateBy(
    { name: 'isTrustProxy', validator: { validate: (value) => typeof value === 'string' && isTrustProxy(value) } },
    { message: 'true, false, a number of hops, or a comma-separated list of addresses or subnets' },
  );
}

/** Empty, or the URL of a Redis server. It connects replicas, which require PostgreSQL. */
export function IsRedisUrl(): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isRedisUrl',
      validator: {
        validate: (value, args) =>
          value === '' ||
          (isRedis(value) && /^postgres(ql)?:/.test((args?.object as { DATABASE_URL: string }).DATABASE_URL)),
      },
    },
    { message: 'redis://HOST:PORT or rediss://HOST:PORT, only together with a DATABASE_URL of postgres://' },
  );
}

function isRedis(value: unknown): boolean {
  if (typeof value !== 'string' || !/^rediss?:\/\//.test(value) || !URL.canParse(value)) return false;
  return /^\/?\d*$/.test(new URL(value).pathname);
}
