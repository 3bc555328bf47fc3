import fc from 'fast-check';
import { countCodePoints } from './code-points';

describe('countCodePoints', () => {
  it('equals string iteration for any well-formed text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => countCodePoints(text) === [...text].length));
  });
});
