import fc from 'fast-check';
import { anyText } from '../../../test/support/any-text';
import { countCodePoints } from './code-points';

describe('countCodePoints', () => {
  it('equals string iteration for any well-formed text', () => {
    fc.assert(fc.property(anyText(), (text) => countCodePoints(text) === [...text].length));
  });
});
