import { isOriginList } from './origins';

/** Nothing that ends a directive or a header: the value becomes part of both. */
const SOURCE = /^[a-z\d+.-]+:\/\/[\w.*:[\]-]+$/i;

/**
 * Who may show the page in a frame, as the Content-Security-Policy lists it. Keywords stand with or without its quotes, which
 * `.env` would take for quotes of the value.
 */
export function parseFrameAncestors(setting: string): string[] | undefined {
  const sources = setting.split(/[\s,]+/).filter((part) => part !== '');
  if (sources.length === 1 && /^('?)none\1$/.test(sources[0]!)) return ["'none'"];
  const ancestors = sources.map((source) => (/^('?)self\1$/.test(source) ? "'self'" : source));
  const isValid = ancestors.every((source) => source === "'self'" || (SOURCE.test(source) && isOriginList(source)));
  return isValid && ancestors.length > 0 ? ancestors : undefined;
}
