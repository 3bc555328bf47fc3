import { existsSync } from 'node:fs';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { StartupError } from '../common/startup-error';
import { withoutSecrets } from './database-url';
import { Settings } from './settings';

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
  const defaults = new Settings();
  const given = Object.keys(defaults)
    .map((name) => [name, environment[name]] as const)
    .filter(([, value]) => value !== undefined && value !== '');
  const settings = plainToInstance(Settings, { ...defaults, ...Object.fromEntries(given) });
  const [first] = validateSync(settings, { stopAtFirstError: true });
  if (first) {
    const allowed = Object.values(first.constraints ?? {})[0];
    const value = first.property.endsWith('_URL') ? withoutSecrets(String(first.value)) : String(first.value);
    throw new StartupError(`${first.property}="${value}" is not allowed; allowed: ${allowed}`);
  }
  return Object.freeze(settings);
}

export function isStartedByNpm(): boolean {
  return process.env.npm_lifecycle_event === 'start';
}
