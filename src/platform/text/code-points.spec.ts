import fc from 'fast-check';
import { countCodePoints } from './code-points';

describe('countCodePoints', () => {
  it('agrees with string iteration on any well-formed text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => countCodePoints(text) === [...text].length));
  });
});
