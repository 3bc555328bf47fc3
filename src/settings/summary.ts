import { withoutSecrets } from './database-url';
import { isOffWithLimits } from './setting.decorator';
import type { Settings } from './settings';

/** The settings an operator looks for first, for the start line: where messages are stored, and which limits are off. */
export function settingsSummary(settings: Readonly<Settings>): string {
  const limits = Object.entries(settings).filter(([name]) => isOffWithLimits(name) || name === 'MAX_CONNECTIONS');
  const off = limits.filter(([, value]) => value === 0).map(([name]) => name);
  const withLimitsOff = limits.length - 1;
  const state =
    off.length === 0 ? 'limits on' : off.length < withLimitsOff ? `limits off: ${off.join(' ')}` : 'limits off: all';
  return `database ${withoutSecrets(settings.DATABASE_URL)}, ${state}`;
}
