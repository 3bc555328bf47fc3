import { existsSync } from 'node:fs';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { StartupError } from '../common/startup-error';
import { withoutSecrets } from './database-url';
import { frameBytesFor } from './setting-forms';
import { LIMITS_OFF, Settings } from './settings';

/** Reads `.env` (where it exists; it never overrides the environment) and the environment. */
export function loadSettings(): Readonly<Settings> {
  if (existsSync('.env')) process.loadEnvFile('.env');
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

/** A value as it may be printed. */
function shown(name: string, value: string): string {
  if (name.endsWith('_SECRET')) return '…';
  return name.endsWith('_URL') ? withoutSecrets(value) : value;
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
