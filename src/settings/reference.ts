import { getMetadataStorage, type ValidationArguments } from 'class-validator';
import { fileVariable } from './secret-files';
import { isOffWithLimits, settingsFromFiles, settingsOf } from './setting.decorator';
import { SECTIONS, Settings } from './settings';

export interface SettingRow {
  readonly name: string;
  readonly byDefault: string;
  readonly allowed: string;
  readonly meaning: string;
}

const WIDTH = 100;
/** The settings most installations change, for the README. */
const ESSENTIAL: readonly (keyof Settings)[] = ['PORT', 'DATABASE_URL', 'ALLOWED_ORIGINS', 'TRUST_PROXY', 'LIMITS'];

/** Every setting by the title of its section, as the documents describe it. */
function settingsReference(): readonly (readonly [title: string, rows: readonly SettingRow[]])[] {
  const defaults = new Settings() as unknown as Readonly<Record<string, unknown>>;
  return Object.entries(SECTIONS).map(([title, Section]) => [
    title,
    settingsOf(Section).map(({ name, meaning, documentedDefault }) => ({
      name,
      byDefault: documentedDefault ?? String(defaults[name]),
      allowed: allowedFor(Section, name, defaults),
      meaning: completed(name, meaning),
    })),
  ]);
}

function completed(name: string, meaning: string): string {
  if (isOffWithLimits(name)) return `${meaning.slice(0, -1)}; 0: no limit.`;
  return settingsFromFiles().includes(name) ? `${meaning} Or ${fileVariable(name)}: a file that contains it.` : meaning;
}

/** The rule in words: the error text of a value that breaks it. @throws Error if a rule has no text of ours */
export function allowedFor(Section: new () => object, name: string, object: object): string {
  const rules = getMetadataStorage().getTargetValidationMetadatas(Section, '', false, false);
  const texts = rules
    .filter(({ propertyName }) => propertyName === name)
    .map(({ message }) => (typeof message === 'function' ? message({ object } as ValidationArguments) : message));
  if (texts.length === 0 || texts.some((text: string | undefined) => text === undefined)) {
    throw new Error(`${name} needs a rule, and each of its rules a \`message\` that says what is allowed`);
  }
  // In the order of reading: class-validator keeps decorators from the innermost outwards.
  return [...new Set(texts)].reverse().join('; ');
}

/** `.env.example`, which is also the list that `--help` prints. */
export function envExample(): string {
  const header = [
    'Every setting with its default. The server reads this file as `.env`; the environment takes precedence.',
    'A value that is not allowed stops the start and says what is; an empty one counts as not set.',
  ];
  const sections = settingsReference().map(([title, rows]) =>
    [
      `# ${title}`,
      ...rows.map((row) => `${comment(`${row.meaning} Allowed: ${row.allowed}.`)}\n# ${row.name}=${row.byDefault}`),
    ].join('\n\n'),
  );
  return `${[header.map((line) => `# ${line}`).join('\n'), ...sections].join('\n\n\n')}\n`;
}

function comment(text: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    if (lines.at(-1)!.length + word.length > WIDTH) lines.push('');
    lines.push(`${lines.pop()!} ${word}`);
  }
  return lines.map((line) => `#${line}`).join('\n');
}

/** The tables of `docs/settings.md`. */
export function settingsTables(): string {
  return settingsReference()
    .map(([title, rows]) => `## ${title}\n\n${table(rows, true)}`)
    .join('\n');
}

/** The table between `<!-- settings -->` and `<!-- /settings -->` in a README. */
export function essentialTable(): string {
  const rows = settingsReference().flatMap(([, all]) => all);
  return table(
    ESSENTIAL.map((name) => rows.find((row) => row.name === name)!),
    false,
  );
}

function table(rows: readonly SettingRow[], isComplete: boolean): string {
  const cells = (row: SettingRow) => {
    const byDefault = row.byDefault === '' ? '' : `\`${row.byDefault}\``;
    const off = isOffWithLimits(row.name) ? ', `0` with `LIMITS=off`' : '';
    return [`\`${row.name}\``, byDefault + off, row.allowed, row.meaning];
  };
  const lines = [['variable', 'default', 'allowed', 'meaning'], ['---', '---', '---', '---'], ...rows.map(cells)];
  const shown = lines.map((line) => (isComplete ? line : line.filter((_, i) => i !== 2)));
  return shown
    .map(
      (line) =>
        `| ${line.map((cell) => cell.replaceAll('|', '\\|').replace(/(?<=^|\s)\*(?=\s|$)/g, '`*`')).join(' | ')} |\n`,
    )
    .join('');
}

/** A Markdown document with its block `<!-- settings -->…<!-- /settings -->` replaced; the same document where it has none. */
export function withSettingsBlock(document: string, block: string): string {
  return document.replace(
    /(?<=<!-- settings -->\n).*?(?=<!-- \/settings -->)/s,
    `\n${block.replaceAll('$', '$$$$')}\n`,
  );
}
