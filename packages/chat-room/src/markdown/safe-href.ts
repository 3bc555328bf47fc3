const PROTOCOLS = ['http:', 'https:', 'mailto:'];

/** Address of a link that is safe to follow, or undefined: no scripts, and nothing relative to the embedding page. */
export function safeHref(href: string): string | undefined {
  let url: URL;
  try {
    url = new URL(href);
  } catch {
    return undefined;
  }
  return PROTOCOLS.includes(url.protocol) ? url.href : undefined;
}
