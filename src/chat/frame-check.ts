import type { Static, TObject } from '@sinclair/typebox';
import { TypeCompiler, ValueErrorType } from '@sinclair/typebox/compiler';
import { AppError } from '../common/app-error';
import { MAX_CLIENT_ID_LENGTH } from './frames';

/** @returns a check that gives the frame its type, or throws an AppError that names the first wrong field */
export function frameCheck<Schema extends TObject>(schema: Schema): (frame: unknown) => Static<Schema> {
  const compiled = TypeCompiler.Compile(schema);
  return (frame) => {
    if (compiled.Check(frame)) return frame;
    const { path, type } = compiled.Errors(frame).First()!;
    throw reasonFor(path.slice(1), type);
  };
}

function reasonFor(field: string, type: ValueErrorType): AppError {
  if (type === ValueErrorType.StringFormat) return new AppError('timestamp_form');
  if (field === 'client_id') return new AppError('client_id_form', { max: MAX_CLIENT_ID_LENGTH });
  return field === 'after' ? new AppError('after_form') : new AppError('field_type', { field });
}
