import fc from 'fast-check';
import { NameList } from './name-list';

it('[V11] equals the sorted names as JSON after every change', () => {
  const name = fc.constantFrom('a', 'a b', 'a"b', 'ä', '😀', '\uffe0', 'b', 'B');
  fc.assert(
    fc.property(fc.array(fc.tuple(name, fc.boolean())), (changes) => {
      const list = new NameList();
      const truth = new Set<string>();
      list.json(truth, Infinity);
      for (const [changed, isThere] of changes) {
        if (truth.has(changed) === isThere) continue;
        if (isThere) list.add(changed);
        else list.remove(changed);
        if (isThere) truth.add(changed);
        else truth.delete(changed);
        expect(JSON.parse(list.json(truth, Infinity))).toEqual([...truth].sort());
      }
      list.forget();
      expect(JSON.parse(list.json(truth, 2))).toEqual([...truth].slice(0, 2).sort());
    }),
  );
});
