/** Text that looks like an address at the beginning of a word: optional scheme, optional user, host. */
const ADDRESS = /(?:^|\s)(?:[a-z]+:\/\/)?(?:[^\s/@]*@)?((?:[\p{L}\p{N}-]+\.)+\p{L}{2,})/giu;

/** Host that a link leads to, if its text names a different one; undefined if the text is not misleading. */
export function hiddenHost(text: string, href: string): string | undefined {
  const { protocol, host, pathname } = new URL(href);
  const target = protocol === 'mailto:' ? pathname.replace(/.*@/, '') : host.replace(/:\d+$/, '');
  const isOther = (named: string) => !`.${target}`.endsWith(`.${asHost(named)}`);
  return [...text.matchAll(ADDRESS)].some(([, named]) => isOther(named!)) ? target : undefined;
}

/** As in a URL: lower case, non-ASCII letters in Punycode. */
function asHost(named: string): string {
  return URL.canParse(`http://${named}`) ? new URL(`http://${named}`).host : named;
}
