/** What looks like an address at the beginning of a word: a scheme or none, a user or none, and a host. */
const ADDRESS = /(?:^|\s)(?:[a-z]+:\/\/)?(?:[^\s/@]*@)?((?:[\p{L}\p{N}-]+\.)+\p{L}{2,})/giu;

/** The host that a link leads to, where its text names another one; undefined where it misleads nobody. */
export function hiddenHost(text: string, href: string): string | undefined {
  const { protocol, host, pathname } = new URL(href);
  const target = protocol === 'mailto:' ? pathname.replace(/.*@/, '') : host.replace(/:\d+$/, '');
  const isOther = (named: string) => !`.${target}`.endsWith(`.${asHost(named)}`);
  return [...text.matchAll(ADDRESS)].some(([, named]) => isOther(named!)) ? target : undefined;
}

/** As in an address: in lower case, and other letters than ASCII's in their encoding. */
function asHost(named: string): string {
  return URL.canParse(`http://${named}`) ? new URL(`http://${named}`).host : named;
}
