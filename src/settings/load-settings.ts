import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { StartupError } from '../platform/errors/startup-error';
import { withoutSecrets } from './database-url';
import { readEnvFile } from './env-file';
import { withSecretFiles } from './secret-files';
import { isOffWithLimits } from './setting.decorator';
import { frameBytesFor } from './setting-rules';
import { SECTIONS, Settings } from './settings';

type Environment = Readonly<Record<string, string | undefined>>;

/** Maximum length of a printed value, in characters. */
const MAX_SHOWN = 200;

/** Reads `.env`, where it exists, and the environment, which takes precedence. */
export function loadSettings(): Readonly<Settings> {
  // Also set in the environment, for libraries that read it themselves, such as the PostgreSQL driver.
  for (const [name, value] of Object.entries(readEnvFile('.env'))) process.env[name] ??= value;
  return readSettings(process.env);
}

/**
 * Validates and freezes; an empty value counts as not set.
 * @throws StartupError naming the variable, its value and what is allowed
 */
export function readSettings(given: Environment): Readonly<Settings> {
  const environment = withSecretFiles(given);
  const defaults = defaultsFor(environment);
  const sections = Object.values(SECTIONS);
  const settings = new Settings();
  for (const Section of sections) {
    const names = Object.keys(new Section()) as (keyof Settings)[];
    const values = Object.fromEntries(names.map((name) => [name, environment[name] || defaults[name]]));
    // Converts the values from text.
    Object.assign(settings, plainToInstance(Section as new () => object, values));
  }
  // With the values of all sections, so that a rule can compare settings of two.
  const [first] = sections.flatMap((Section) =>
    validateSync(Object.assign(new Section(), settings), { stopAtFirstError: true }),
  );
  if (first) throw new StartupError(faultOf(first));
  return Object.freeze(settings);
}

function faultOf({ property, value, constraints = {} }: ValidationError): string {
  return `${property}="${shown(property, String(value))}" is not allowed; allowed: ${Object.values(constraints)[0]}`;
}

/** A value as it may be printed: on one line, without secrets. */
function shown(name: string, value: string): string {
  if (/_(SECRET|TOKEN|PREVIOUS)$/.test(name)) return '…';
  const text = /_(URL|ISSUER)$/.test(name) ? withoutSecrets(value) : value;
  const line = text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (character) => JSON.stringify(character).slice(1, -1));
  return line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line;
}

/** The defaults, including those that depend on other settings. */
function defaultsFor(environment: Environment): Settings {
  const defaults = new Settings();
  const isOff = environment.LIMITS === 'off';
  const names = isOff ? Object.keys(defaults).filter(isOffWithLimits) : [];
  const longest = Number(environment.MAX_MESSAGE_LENGTH || defaults.MAX_MESSAGE_LENGTH);
  return {
    ...defaults,
    ...Object.fromEntries(names.map((name) => [name, 0])),
    ...(longest > 0 && { MAX_FRAME_BYTES: frameBytesFor(longest) }),
  };
}

export function isStartedByNpm(): boolean {
  return process.env.npm_lifecycle_event === 'start';
}
