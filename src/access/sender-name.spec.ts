import { AppError } from '../platform/errors/app-error';
import { ANYBODY, type Identity } from './identity';
import { senderName } from './sender-name';

const author: Identity = { ...ANYBODY, kind: 'author', authorId: 1, username: 'Änne' };
const guest: Identity = { ...ANYBODY, kind: 'guest' };
const reason = (work: () => string): string => {
  try {
    return work();
  } catch (error) {
    return (error as AppError).message;
  }
};

it.each([undefined, 'Änne', ' A\u0308nne '])('an author has its own name: %j', (given) => {
  expect(senderName(author, given)).toBe('Änne');
});

it.each(['änne', 'Anne', '~Änne'])('an author has no other name: %s', (given) => {
  expect(reason(() => senderName(author, given))).toBe('name_not_yours');
});

it.each([
  ['max', '~max'],
  ['~max', '~max'],
  [' ~ max ', '~max'],
  ['~~max', '~~max'],
  ['x'.repeat(49), `~${'x'.repeat(49)}`],
])("a guest's name %s is stored as %s", (given, stored) => {
  expect(senderName(guest, given)).toBe(stored);
});

it.each([
  ['~', 'username_length'],
  ['~\u0301max', 'username_marks'],
  ['x'.repeat(50), 'username_length'],
  ['x'.repeat(100_000), 'username_length'],
  [undefined, 'field_type'],
  ['operator', 'name_owned'],
  [' ~Operator ', 'name_owned'],
  ['\u043eperator', 'name_owned'],
])('a guest cannot be %j', (given, expected) => {
  expect(reason(() => senderName(guest, given))).toBe(expected);
});

it('anybody has any name, and has to give one', () => {
  expect(senderName(ANYBODY, ' ~max ')).toBe('~max');
  expect(reason(() => senderName(ANYBODY, undefined))).toBe('field_type');
});
