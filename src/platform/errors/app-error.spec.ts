import { AppError } from './app-error';
import { ERROR_CODES, type ErrorCode } from './error-codes';
import { ERROR_REASONS, type ErrorReason } from './error-table';

describe('AppError', () => {
  it('has the general text in the requested language', () => {
    expect(new AppError('NOT_FOUND').text('de')).toBe('Ressource nicht gefunden');
    expect(new AppError('NOT_FOUND').text('en')).toBe('Resource not found');
  });

  it('appends the reason with its bounds after a colon', () => {
    const error = new AppError('whole_number', { field: 'limit', min: 1, max: 100 });
    expect(error.status).toBe(422);
    expect(error.text('en')).toBe('Validation error: "limit" must be a whole number from 1 to 100');
  });

  it.each(Object.keys(ERROR_REASONS) as ErrorReason[])('%s starts with the general text of its code', (reason) => {
    const error = new AppError(reason);
    const general = [ERROR_CODES[error.code].de, 'Ungültige Nachricht'];
    expect(general).toContain(error.text('de').split(': ')[0]);
  });

  it.each(Object.keys(ERROR_CODES) as ErrorCode[])('%s has an error status', (code) => {
    expect(new AppError(code).status).toBeGreaterThanOrEqual(400);
  });
});
