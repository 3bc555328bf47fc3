import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { StartupError } from '../platform/errors/startup-error';
import { withoutSecrets } from './database-url';
import { readEnvFile } from './env-file';
import { frameBytesFor } from './setting-forms';
import { LIMITS_OFF, Settings } from './settings';

/** Characters of a value that are shown at most. */
const MAX_SHOWN = 200;

/** Reads `.env` (where it exists; it never overrides the environment) and the environment. */
export function loadSettings(): Readonly<Settings> {
  // There also for libraries that have variables of their own, as the driver of PostgreSQL.
  for (const [name, value] of Object.entries(readEnvFile('.env'))) process.env[name] ??= value;
  return readSettings(process.env);
}

/**
 * Validates and freezes; an empty value counts as not set.
 * @throws StartupError that names the variable, the value and what is allowed
 */
export function readSettings(environment: Readonly<Record<string, string | undefined>>): Readonly<Settings> {
  const defaults = defaultsFor(environment);
  const given = Object.keys(defaults)
    .map((name) => [name, environment[name]] as const)
    .filter(([, value]) => value !== undefined && value !== '');
  const settings = plainToInstance(Settings, { ...defaults, ...Object.fromEntries(given) });
  const [first] = validateSync(settings, { stopAtFirstError: true });
  if (first) {
    const allowed = Object.values(first.constraints ?? {})[0];
    throw new StartupError(
      `${first.property}="${shown(first.property, String(first.value))}" is not allowed; allowed: ${allowed}`,
    );
  }
  return Object.freeze(settings);
}

/** A value as it may be printed: in one line, without what is secret. */
function shown(name: string, value: string): string {
  if (name.endsWith('_SECRET')) return '…';
  const text = name.endsWith('_URL') ? withoutSecrets(value) : value;
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (character) => JSON.stringify(character).slice(1, -1));
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line;
}

/** The defaults that depend on other settings follow them. */
function defaultsFor(environment: Readonly<Record<string, string | undefined>>): Settings {
  const defaults = new Settings();
  const noLimits = environment.LIMITS === 'off' ? Object.fromEntries(LIMITS_OFF.map((name) => [name, 0])) : {};
  const longest = Number(environment.MAX_MESSAGE_LENGTH || defaults.MAX_MESSAGE_LENGTH);
  return { ...defaults, ...noLimits, ...(longest > 0 && { MAX_FRAME_BYTES: frameBytesFor(longest) }) };
}

export function isStartedByNpm(): boolean {
  return process.env.npm_lifecycle_event === 'start';
}
