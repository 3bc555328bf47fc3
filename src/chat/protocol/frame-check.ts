import { Kind, type Static, type TObject, type TSchema } from '@sinclair/typebox';
import { TypeCompiler, type ValueError, ValueErrorType } from '@sinclair/typebox/compiler';
import { AppError } from '../../platform/errors/app-error';
import { MAX_USERNAME_LENGTH } from '../../platform/text/username';

/** @returns a check that types the frame, or throws an AppError for the first field that violates the schema */
export function frameCheck<Schema extends TObject>(schema: Schema): (frame: object) => Static<Schema> {
  const compiled = TypeCompiler.Compile(schema);
  return (frame) => {
    if (compiled.Check(frame)) return frame;
    throw errorOf(compiled.Errors(frame).First()!);
  };
}

function errorOf({ path, type, schema }: ValueError): AppError {
  const field = path.slice(1);
  if (schema[Kind] === 'Integer') return new AppError('field_integer', { field, min: schema.minimum as number });
  if (schema[Kind] !== 'String') return new AppError('field_form', { field });
  if (type === ValueErrorType.StringFormat) return new AppError('timestamp_form');
  const { minLength, maxLength: max } = schema as TSchema & { minLength?: number; maxLength: number };
  if (minLength === 1) return new AppError('field_size', { field, max });
  if (type !== ValueErrorType.StringMaxLength) return new AppError('field_type', { field });
  // The schema bounds the name as given; the error states the limit of the normalised one.
  if (field === 'username') return new AppError('username_length', { max: MAX_USERNAME_LENGTH });
  return new AppError('field_length', { field, max });
}
