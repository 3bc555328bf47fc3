import { isOriginList } from './origins';

/** Excludes characters that end a directive or a header: the value becomes part of both. */
const SOURCE = /^[a-z\d+.-]+:\/\/[\w.*:[\]-]+$/i;

/**
 * The sources of the `frame-ancestors` directive; undefined if one is invalid. Keywords may be unquoted, as `.env` would take
 * their quotes for quotes around the value.
 */
export function parseFrameAncestors(setting: string): string[] | undefined {
  const sources = setting.split(/[\s,]+/).filter((part) => part !== '');
  if (sources.length === 1 && /^('?)none\1$/.test(sources[0]!)) return ["'none'"];
  const ancestors = sources.map((source) => (/^('?)self\1$/.test(source) ? "'self'" : source));
  const isValid = ancestors.every((source) => source === "'self'" || (SOURCE.test(source) && isOriginList(source)));
  return isValid && ancestors.length > 0 ? ancestors : undefined;
}
