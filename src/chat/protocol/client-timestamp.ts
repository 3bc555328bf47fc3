import { isISO8601 } from 'class-validator';

const LEAP_SECOND = /(?<=[T\s](\d\d):?(\d\d):?)60(?=(?:[.,]\d+)?(?:Z|([+-])(\d\d):?(\d\d)?)?$)/i;

/**
 * Whether a client's text is a point in time by RFC 3339 or ISO 8601; without a zone it is UTC. The check is a regular
 * expression: the caller bounds the length.
 */
export function isClientTimestamp(text: string): boolean {
  // RFC 3339 also allows a lower-case t, years before 1000 (year 1 is a common zero value; the calendar repeats after 2,000 years)
  // and 23:59:60 in UTC, which the ISO 8601 check rejects.
  const upper = text.replace('t', 'T').replace(/^0/, '2');
  const leap = LEAP_SECOND.exec(upper);
  if (!leap) return isISO8601(upper, { strict: true });
  const [, hours, minutes, sign, zoneHours = '0', zoneMinutes = '0'] = leap;
  const offset = (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === '-' ? -1 : 1);
  const nextMinute = Number(hours) * 60 + Number(minutes) - offset + 1;
  return nextMinute % 1440 === 0 && isISO8601(upper.replace(LEAP_SECOND, '59'), { strict: true });
}
