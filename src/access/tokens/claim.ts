/**
 * The value at a dotted path. Names may contain dots themselves (`https://chat.example/roles`, a client of Keycloak): longer
 * names take precedence. Own properties only, so that `constructor` and `__proto__` find nothing.
 */
export function claimAt(claims: unknown, path: string): unknown {
  if (typeof claims !== 'object' || claims === null || Array.isArray(claims)) return undefined;
  for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
    const name = path.slice(0, end);
    if (!Object.hasOwn(claims, name)) continue;
    const value = (claims as Record<string, unknown>)[name];
    const found = end === path.length ? value : claimAt(value, path.slice(end + 1));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Roles from an array, or from a space-separated string like an OAuth scope; none from anything else. */
export function rolesIn(claim: unknown): readonly string[] {
  const roles: readonly unknown[] = Array.isArray(claim) ? claim : typeof claim === 'string' ? claim.split(' ') : [];
  return [...new Set(roles.filter((role): role is string => typeof role === 'string' && role !== ''))];
}
