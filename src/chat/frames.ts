import { FormatRegistry, type Static, type TObject, Type } from '@sinclair/typebox';
import { TypeCompiler } from '@sinclair/typebox/compiler';
import { isISO8601 } from 'class-validator';
import { AppError } from '../common/app-error';

FormatRegistry.Set('date-time', (value) => isISO8601(value, { strict: true }));

const timestamp = Type.Optional(
  Type.String({ format: 'date-time', description: "Checked and otherwise ignored: the server's clock counts" }),
);

/** What a client may send. The schemas type the code and are compiled into the checks. */
export const ChatMessageIn = Type.Object({
  type: Type.Literal('chat_message'),
  username: Type.String(),
  message: Type.String(),
  timestamp,
});

export const UserJoinedIn = Type.Object({
  type: Type.Literal('user_joined'),
  username: Type.String(),
  timestamp,
});

export const CLIENT_FRAMES: Readonly<Record<string, TObject>> = {
  chat_message: ChatMessageIn,
  user_joined: UserJoinedIn,
};

/** @returns a check that gives the frame its type, or throws an AppError that names the first wrong field */
export function reader<Schema extends TObject>(schema: Schema): (frame: unknown) => Static<Schema> {
  const compiled = TypeCompiler.Compile(schema);
  return (frame) => {
    if (compiled.Check(frame)) return frame;
    const { path, value } = compiled.Errors(frame).First()!;
    const field = path.slice(1);
    throw field === 'timestamp' && typeof value === 'string'
      ? new AppError('timestamp_form')
      : new AppError('field_type', { field });
  };
}
