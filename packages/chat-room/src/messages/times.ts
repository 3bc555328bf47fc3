import type { Language } from '../texts/texts.js';
import { textsOf } from '../texts/texts.js';

const DAY_MS = 86_400_000;

/** Local times in one language. Formatters are cached: creating one takes longer than rendering a message. */
export class Times {
  private readonly minute: Intl.DateTimeFormat;
  private readonly full: Intl.DateTimeFormat;
  private readonly day: Intl.DateTimeFormat;
  private readonly dayOfYear: Intl.DateTimeFormat;

  /** @param wanted the browser's language, whose region decides about 12 or 24 hours */
  constructor(
    private readonly language: Language,
    wanted: string = navigator.language,
  ) {
    const locale = wanted.toLowerCase().startsWith(language) ? wanted : { de: 'de-DE', en: 'en-GB' }[language];
    this.minute = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
    this.full = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'medium' });
    this.day = new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long' });
    this.dayOfYear = new Intl.DateTimeFormat(locale, { dateStyle: 'full' });
  }

  /** `14:02` */
  short(time: number): string {
    return this.minute.format(time);
  }

  /** `Freitag, 27. November 2026 um 14:02:31` */
  long(time: number): string {
    return this.full.format(time);
  }

  /** `Heute`, `Gestern`, or the date. */
  dayName(time: number, now = Date.now()): string {
    if (dayOf(time) === dayOf(now)) return textsOf(this.language).today;
    if (dayOf(time) === dayOf(now - DAY_MS)) return textsOf(this.language).yesterday;
    const isThisYear = new Date(time).getFullYear() === new Date(now).getFullYear();
    return (isThisYear ? this.day : this.dayOfYear).format(time);
  }
}

/** The same for all times of one local day. */
export function dayOf(time: number): string {
  return new Date(time).toDateString();
}

/** The same for all times of one minute. */
export function minuteOf(time: number): number {
  return Math.floor(time / 60_000);
}
