const PROTOCOLS = ['http:', 'https:', 'mailto:'];

/** The address of a link that may be followed, or undefined: nothing that runs a script, and nothing relative to the page around. */
export function safeHref(href: string): string | undefined {
  let url: URL;
  try {
    url = new URL(href);
  } catch {
    return undefined;
  }
  return PROTOCOLS.includes(url.protocol) ? url.href : undefined;
}
