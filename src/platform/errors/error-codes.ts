import type { Language } from './language';

/** Error codes of the API, each with its HTTP status and general text. Codes do not depend on the language. */
export const ERROR_CODES = {
  BAD_REQUEST: { status: 400, de: 'Ungültige Anfrage', en: 'Bad request' },
  UNAUTHORIZED: { status: 401, de: 'Nicht angemeldet', en: 'Not signed in' },
  FORBIDDEN: { status: 403, de: 'Nicht erlaubt', en: 'Not allowed' },
  NOT_FOUND: { status: 404, de: 'Ressource nicht gefunden', en: 'Resource not found' },
  PAYLOAD_TOO_LARGE: { status: 413, de: 'Die Anfrage ist zu groß', en: 'The request is too large' },
  VALIDATION_ERROR: { status: 422, de: 'Validierungsfehler', en: 'Validation error' },
  RATE_LIMITED: { status: 429, de: 'Zu viele Anfragen', en: 'Too many requests' },
  INTERNAL_ERROR: { status: 500, de: 'Interner Serverfehler', en: 'Internal server error' },
  SERVICE_UNAVAILABLE: {
    status: 503,
    de: 'Dienst vorübergehend nicht verfügbar',
    en: 'Service temporarily unavailable',
  },
} as const satisfies Record<string, { status: number } & Record<Language, string>>;

export type ErrorCode = keyof typeof ERROR_CODES;
