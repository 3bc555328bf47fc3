import type { Static, TObject } from '@sinclair/typebox';
import { TypeCompiler, type ValueError, ValueErrorType } from '@sinclair/typebox/compiler';
import { AppError } from '../../platform/errors/app-error';
import { MAX_USERNAME_LENGTH } from '../../platform/text/username';
import { MAX_CLIENT_ID_LENGTH } from './frames';

/** @returns a check that gives the frame its type, or throws an AppError that names the first wrong field */
export function frameCheck<Schema extends TObject>(schema: Schema): (frame: unknown) => Static<Schema> {
  const compiled = TypeCompiler.Compile(schema);
  return (frame) => {
    if (compiled.Check(frame)) return frame;
    throw reasonFor(compiled.Errors(frame).First()!);
  };
}

function reasonFor({ path, type, schema }: ValueError): AppError {
  const field = path.slice(1);
  if (type === ValueErrorType.StringFormat) return new AppError('timestamp_form');
  if (field === 'client_id') return new AppError('client_id_form', { max: MAX_CLIENT_ID_LENGTH });
  if (field === 'after') return new AppError('after_form');
  if (type !== ValueErrorType.StringMaxLength) return new AppError('field_type', { field });
  if (field === 'username') return new AppError('username_length', { max: MAX_USERNAME_LENGTH });
  return new AppError('field_length', { field, max: schema.maxLength as number });
}
