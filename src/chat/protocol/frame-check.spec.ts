import { Type } from '@sinclair/typebox';
import { AppError } from '../../platform/errors/app-error';
import { frameCheck } from './frame-check';
import { V1_IN, V2_IN } from './frames';

function answer(check: (frame: object) => unknown, frame: object): string {
  try {
    check(frame);
  } catch (error) {
    if (error instanceof AppError) return error.text('en').replace('Invalid message: ', '');
  }
  return 'accepted';
}

describe('frameCheck', () => {
  const message = frameCheck(V2_IN.chat_message.schema);
  const said = { type: 'chat_message', client_id: '1', message: 'Hallo' };

  it.each([
    [{}, 'accepted'],
    [{ username: 'max', timestamp: '2024-01-01T12:00:00Z', further: [] }, 'accepted'],
    [{ message: 1 }, '"message" is missing or not a string'],
    [{ message: undefined }, '"message" is missing or not a string'],
    [{ username: null }, '"username" is missing or not a string'],
    [{ username: 'x'.repeat(257) }, '"username" must have 1 to 50 characters'],
    [{ client_id: '' }, '"client_id" must have 1 to 64 characters'],
    [{ client_id: 'x'.repeat(65) }, '"client_id" must have 1 to 64 characters'],
    [{ client_id: 1 }, '"client_id" must have 1 to 64 characters'],
    [{ client_id: undefined }, '"client_id" must have 1 to 64 characters'],
    [{ timestamp: 'x'.repeat(65) }, '"timestamp" must have at most 64 characters'],
    [{ timestamp: 1 }, '"timestamp" is missing or not a string'],
    [{ timestamp: 'gestern' }, '"timestamp" is not a time by RFC 3339 or ISO 8601'],
  ])('chat_message with %j: %s', (fields, expected) => {
    expect(answer(message, { ...said, ...fields })).toBe(expected);
  });

  it.each([-1, 1.5, '7', null])('hello with after %j: expects an integer', (after) => {
    expect(answer(frameCheck(V2_IN.hello.schema), { type: 'hello', after })).toBe(
      '"after" must be a whole number from 0',
    );
  });

  it('reports only string fields as not being strings', () => {
    const check = frameCheck(
      Type.Object({ on: Type.Boolean(), kind: Type.Union([Type.Literal('a'), Type.Literal('b')]) }),
    );
    expect(answer(check, { on: 'yes', kind: 'a' })).toBe('"on" is missing or not valid');
    expect(answer(check, { on: true, kind: 1 })).toBe('"kind" is missing or not valid');
    expect(answer(check, { kind: 'a' })).toBe('"on" is missing or not valid');
  });

  it('returns the frame itself', () => {
    const frame = { type: 'user_joined', username: 'max' };
    expect(frameCheck(V1_IN.user_joined.schema)(frame)).toBe(frame);
  });
});
