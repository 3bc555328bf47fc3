import { fileVariable } from './secret-files';
import { settingsFromFiles } from './setting.decorator';
import { Settings } from './settings';

const NAMES = [...Object.keys(new Settings()), ...settingsFromFiles().map(fileVariable)];

/**
 * A line for each variable that is almost the name of a setting and so has no effect. Few edits are allowed, fewer in short names:
 * the environment holds many variables of other programs.
 */
export function misspeltSettings(environment: Readonly<Record<string, string | undefined>> = process.env): string[] {
  return Object.keys(environment)
    .filter((name) => !NAMES.includes(name))
    .flatMap((name) => {
      const nearest = nearestOf(name);
      return nearest === undefined ? [] : [`${name} is not a setting and has no effect; did you mean ${nearest}?`];
    });
}

/** A line for each option of the command line: the server has none. Without its value, which may be a secret. */
export function uselessOptions(args: readonly string[] = process.argv.slice(2)): string[] {
  return args
    .filter((argument) => argument.startsWith('-'))
    .map((argument) => {
      const option = argument.split('=', 1)[0]!;
      const nearest = nearestOf(option);
      const hint = nearest === undefined ? 'settings are environment variables' : `set the variable ${nearest}`;
      return `${option} has no effect, as the server has no options; ${hint} (--help)`;
    });
}

function nearestOf(name: string): string | undefined {
  return NAMES.find((known) => isNear(plain(name), plain(known)));
}

function plain(name: string): string {
  return name.toUpperCase().replace(/[^A-Z0-9]/g, '');
}

function isNear(name: string, known: string): boolean {
  const allowed = known.length < 6 ? 0 : known.length < 10 ? 1 : 2;
  return Math.abs(name.length - known.length) <= allowed && distance(name, known) <= allowed;
}

/** Edits from one text to the other: letters inserted, deleted, replaced, or swapped with their neighbour. */
function distance(from: string, to: string): number {
  const rows = [Array.from({ length: to.length + 1 }, (_, i) => i)];
  for (let i = 1; i <= from.length; i++) {
    const row = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = rows[i - 1]![j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swapped = isSwap ? rows[i - 2]![j - 2]! + 1 : Infinity;
      row.push(Math.min(replaced, swapped, rows[i - 1]![j]! + 1, row[j - 1]! + 1));
    }
    rows.push(row);
  }
  return rows[from.length]![to.length]!;
}
