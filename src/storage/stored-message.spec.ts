import { getMetadataArgsStorage } from 'typeorm';
import { MAX_USERNAME_LENGTH } from '../platform/text/username';
import { Message } from './entities/message.entity';
import { isStoredMessage, MESSAGE_FIELDS } from './stored-message';

const message = { id: 1, username: 'max', message: 'Hallo', createdAt: 1_700_000_000_000 };

describe('the fields of a message', () => {
  it('are the columns of the entity, in order', () => {
    const columns = getMetadataArgsStorage().columns.filter(({ target }) => target === Message);
    const described = columns.map(({ propertyName, options }) => ({
      name: propertyName,
      column: options.name ?? propertyName,
      type: options.type === 'integer' ? 'integer' : 'text',
      optional: options.nullable,
    }));
    expect(described).toEqual(
      Object.entries<{ column: string; type: string; optional?: true }>(MESSAGE_FIELDS).map(
        ([name, { column, type, optional }]) => ({ name, column, type, optional }),
      ),
    );
  });
});

describe('isStoredMessage', () => {
  it('accepts the longest name: a code point has at most two UTF-16 units', () => {
    expect(MESSAGE_FIELDS.username.maxLength).toBe(2 * MAX_USERNAME_LENGTH);
  });

  it('accepts a message with and without its optional fields, and unknown keys', () => {
    expect(isStoredMessage(message)).toBe(true);
    expect(isStoredMessage({ ...message, clientId: 'a', clientHash: 'b', later: [] })).toBe(true);
  });

  it.each([
    ['no object', undefined],
    ['a text', 'max'],
    ['no id', { ...message, id: undefined }],
    ['an id of 0', { ...message, id: 0 }],
    ['a fraction as id', { ...message, id: 1.5 }],
    ['an id as text', { ...message, id: '1' }],
    ['an empty name', { ...message, username: '' }],
    ['a name that is too long', { ...message, username: 'x'.repeat(101) }],
    ['a lone surrogate', { ...message, message: '\ud83d' }],
    ['a time that is no date', { ...message, createdAt: 8.64e15 + 1 }],
    ['null as idempotency key', { ...message, clientId: null }],
  ])('refuses %s', (_, value) => {
    expect(isStoredMessage(value)).toBe(false);
  });
});
