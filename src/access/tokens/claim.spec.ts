import { claimAt, rolesIn } from './claim';

it('finds a claim at a dotted path, also below names with dots', () => {
  const claims = {
    roles: ['a'],
    realm_access: { roles: ['b'] },
    'https://chat.example/roles': ['c'],
    resource_access: { 'chat.example': { roles: ['d'] } },
  };
  const at = (path: string) => claimAt(claims, path);
  expect(
    ['roles', 'realm_access.roles', 'https://chat.example/roles', 'resource_access.chat.example.roles'].map(at),
  ).toEqual([['a'], ['b'], ['c'], ['d']]);
  expect(['realm_access.none', 'roles.0', 'roles.length', 'none', ''].map(at)).toEqual(Array(5).fill(undefined));
});

it('finds nothing that the token itself does not say', () => {
  const claims = JSON.parse('{"a": {}, "b": null, "c": "text"}') as object;
  for (const path of ['__proto__', 'constructor', 'constructor.name', 'a.__proto__.toString', 'b.x', 'c.length']) {
    expect(claimAt(claims, path)).toBeUndefined();
  }
});

it('reads roles as a list or as a text, and ignores anything else', () => {
  expect(rolesIn(['a', 1, null, '', 'b', 'a', ['c']])).toEqual(['a', 'b']);
  expect(rolesIn(' a  b')).toEqual(['a', 'b']);
  for (const claim of [undefined, null, 1, { length: 1, 0: 'a' }, true]) expect(rolesIn(claim)).toEqual([]);
});
