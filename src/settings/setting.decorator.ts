/** Documentation of a setting, apart from its rules, which class-validator holds. */
export interface SettingText {
  readonly name: string;
  readonly meaning: string;
  /** The documented default where the real one depends on the machine. */
  readonly documentedDefault?: string;
}

const TEXTS = new Map<object, SettingText[]>();
const OFF_WITH_LIMITS = new Set<string>();
const FROM_FILES = new Set<string>();

/** Documents a setting; `.env.example`, `docs/settings.md` and `--help` are generated from it (`npm run docs:write`). */
export function Setting(meaning: string, documentedDefault?: string): PropertyDecorator {
  return ({ constructor }, name) => {
    const texts = TEXTS.get(constructor) ?? [];
    texts.push({ name: String(name), meaning, ...(documentedDefault !== undefined && { documentedDefault }) });
    TEXTS.set(constructor, texts);
  };
}

/** A limit that 0 turns off; 0 is its default with `LIMITS=off`. */
export function OffWithLimits(): PropertyDecorator {
  return (_target, name) => void OFF_WITH_LIMITS.add(String(name));
}

/** The settings of a section in the order of their declaration. */
export function settingsOf(section: object): readonly SettingText[] {
  return TEXTS.get(section) ?? [];
}

export function isOffWithLimits(name: string): boolean {
  return OFF_WITH_LIMITS.has(name);
}

/** A secret, or a URL with one: `NAME_FILE` may name a file that contains it. */
export function FromFile(): PropertyDecorator {
  return (_target, name) => void FROM_FILES.add(String(name));
}

export function settingsFromFiles(): readonly string[] {
  return [...FROM_FILES];
}
