import type { Settings } from './settings';

/** Whether a browser page of `origin` may use the API; programs that are no browsers send no origin. */
export function isAllowedOrigin(origin: string | undefined, settings: Readonly<Settings>): boolean {
  return origin === undefined || settings.ALLOWED_ORIGINS === '*' || allowedOrigins(settings).includes(origin);
}

/** The origins of the setting, one by one. */
export function allowedOrigins(settings: Readonly<Settings>): string[] {
  return settings.ALLOWED_ORIGINS.split(',').map((origin) => origin.trim());
}
