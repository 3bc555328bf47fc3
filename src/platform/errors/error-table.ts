import { ACCESS_REASONS } from './access-reasons';
import type { ErrorCode } from './error-codes';
import { HTTP_REASONS } from './http-reasons';
import type { Language } from './language';

/**
 * The reasons within a code: the general text, a colon and the detail; `status` overrides that of the code over HTTP. On a socket
 * the general text of VALIDATION_ERROR is `Ungültige Nachricht`. `{name}` is a name or bound of the server, never client input.
 */
export const ERROR_REASONS = {
  ...ACCESS_REASONS,
  ...HTTP_REASONS,
  whole_number: {
    code: 'VALIDATION_ERROR',
    de: 'Validierungsfehler: »{field}« muss eine ganze Zahl von {min} bis {max} sein',
    en: 'Validation error: "{field}" must be a whole number from {min} to {max}',
  },
  parameter_form: {
    code: 'VALIDATION_ERROR',
    de: 'Validierungsfehler: »{field}« ist ungültig',
    en: 'Validation error: "{field}" is not valid',
  },
  cursor_and_offset: {
    code: 'VALIDATION_ERROR',
    de: 'Validierungsfehler: nur eines von »offset«, »after« und »before« ist erlaubt',
    en: 'Validation error: only one of "offset", "after" and "before" is allowed',
  },
  binary_frame: {
    code: 'VALIDATION_ERROR',
    de: 'Ungültige Nachricht: nur Textnachrichten sind erlaubt',
    en: 'Invalid message: only text frames are allowed',
  },
  not_json: {
    code: 'VALIDATION_ERROR',
    de: 'Ungültige Nachricht: kein gültiges JSON',
    en: 'Invalid message: not valid JSON',
  },
  too_many_parts: {
    code: 'VALIDATION_ERROR',
    de: 'Ungültige Nachricht: zu viele Felder oder zu tief verschachtelt',
    en: 'Invalid message: too many fields, or nested too deeply',
  },
  not_an_object: {
    code: 'VALIDATION_ERROR',
    de: 'Ungültige Nachricht: kein JSON-Objekt',
    en: 'Invalid message: not a JSON object',
  },
  unknown_type: {
    code: 'VALIDATION_ERROR',
    de: 'Ungültige Nachricht: »type« fehlt oder ist unbekannt',
    en: 'Invalid message: "type" is missing or unknown',
  },
  field_type: {
    code: 'VALIDATION_ERROR',
    de: 'Ungültige Nachricht: »{field}« fehlt oder ist keine Zeichenkette',
    en: 'Invalid message: "{field}" is missing or not a string',
  },
  field_length: {
    code: 'VALIDATION_ERROR',
    de: 'Ungültige Nachricht: »{field}« darf höchstens {max} Zeichen lang sein',
    en: 'Invalid message: "{field}" must have at most {max} characters',
  },
  field_size: {
    code: 'VALIDATION_ERROR',
    de: 'Ungültige Nachricht: »{field}« muss 1 bis {max} Zeichen lang sein',
    en: 'Invalid message: "{field}" must have 1 to {max} characters',
  },
  field_integer: {
    code: 'VALIDATION_ERROR',
    de: 'Ungültige Nachricht: »{field}« muss eine ganze Zahl ab {min} sein',
    en: 'Invalid message: "{field}" must be a whole number from {min}',
  },
  field_form: {
    code: 'VALIDATION_ERROR',
    de: 'Ungültige Nachricht: »{field}« fehlt oder ist ungültig',
    en: 'Invalid message: "{field}" is missing or not valid',
  },
  client_id_characters: {
    code: 'VALIDATION_ERROR',
    de: 'Ungültige Nachricht: »client_id« enthält unerlaubte Zeichen',
    en: 'Invalid message: "client_id" contains characters that are not allowed',
  },
  client_id_taken: {
    code: 'VALIDATION_ERROR',
    de: 'Ungültige Nachricht: »client_id« gehört schon zu einer anderen Nachricht',
    en: 'Invalid message: "client_id" belongs to another message already',
  },
  username_missing: {
    code: 'VALIDATION_ERROR',
    de: 'Ungültige Nachricht: »username« fehlt, hier und im »hello«',
    en: 'Invalid message: "username" is missing, here and in "hello"',
  },
  hello_again: {
    code: 'VALIDATION_ERROR',
    de: 'Ungültige Nachricht: »hello« ist nur als erste Nachricht erlaubt',
    en: 'Invalid message: "hello" is allowed as the first frame only',
  },
  timestamp_form: {
    code: 'VALIDATION_ERROR',
    de: 'Ungültige Nachricht: »timestamp« ist kein Zeitpunkt nach RFC 3339 oder ISO 8601',
    en: 'Invalid message: "timestamp" is not a time by RFC 3339 or ISO 8601',
  },
  username_length: {
    code: 'VALIDATION_ERROR',
    de: 'Ungültige Nachricht: »username« muss 1 bis {max} Zeichen lang sein',
    en: 'Invalid message: "username" must have 1 to {max} characters',
  },
  username_characters: {
    code: 'VALIDATION_ERROR',
    de: 'Ungültige Nachricht: »username« enthält unsichtbare oder unerlaubte Zeichen',
    en: 'Invalid message: "username" contains characters that are invisible or not allowed',
  },
  username_space: {
    code: 'VALIDATION_ERROR',
    de: 'Ungültige Nachricht: »username« enthält Leerraum, der kein gewöhnliches Leerzeichen ist',
    en: 'Invalid message: "username" contains white space other than the plain space',
  },
  username_joiners: {
    code: 'VALIDATION_ERROR',
    de: 'Ungültige Nachricht: »username« enthält ein unsichtbares Verbindungszeichen, wo es nichts bewirkt',
    en: 'Invalid message: "username" contains an invisible joiner where it has no effect',
  },
  username_marks: {
    code: 'VALIDATION_ERROR',
    de: 'Ungültige Nachricht: »username« enthält zu viele kombinierende Zeichen hintereinander, oder eines ohne Zeichen davor',
    en: 'Invalid message: "username" contains too many combining marks in a row, or one with nothing before it',
  },
  username_dots: {
    code: 'VALIDATION_ERROR',
    de: 'Ungültige Nachricht: »username« darf nicht ».« oder »..« sein',
    en: 'Invalid message: "username" must not be "." or ".."',
  },
  message_length: {
    code: 'VALIDATION_ERROR',
    de: 'Ungültige Nachricht: »message« muss 1 bis {max} Zeichen lang sein',
    en: 'Invalid message: "message" must have 1 to {max} characters',
  },
  message_blank: {
    code: 'VALIDATION_ERROR',
    de: 'Ungültige Nachricht: »message« darf nicht nur aus Leerraum und unsichtbaren Zeichen bestehen',
    en: 'Invalid message: "message" must not be white space and invisible characters only',
  },
  message_characters: {
    code: 'VALIDATION_ERROR',
    de: 'Ungültige Nachricht: »message« enthält unerlaubte Zeichen',
    en: 'Invalid message: "message" contains characters that are not allowed',
  },
  message_rate: {
    code: 'RATE_LIMITED',
    de: 'Zu viele Anfragen: höchstens {rate} Nachrichten je Sekunde; diese wurde abgelehnt; bitte in {seconds} s erneut versuchen',
    en: 'Too many requests: at most {rate} messages a second; this one was refused; try again in {seconds} s',
  },
  message_rate_of_address: {
    code: 'RATE_LIMITED',
    de: 'Zu viele Anfragen: höchstens {rate} Nachrichten je Sekunde von einer Adresse; diese wurde abgelehnt; bitte in {seconds} s erneut versuchen',
    en: 'Too many requests: at most {rate} messages a second from one address; this one was refused; try again in {seconds} s',
  },
  name_rate: {
    code: 'RATE_LIMITED',
    de: 'Zu viele Anfragen: höchstens {rate} neue Namen je Minute von einer Adresse; bitte in {seconds} s erneut versuchen',
    en: 'Too many requests: at most {rate} new names a minute from one address; try again in {seconds} s',
  },
  handshake_rate: {
    code: 'RATE_LIMITED',
    de: 'Zu viele Anfragen: zu viele neue Verbindungen von einer Adresse',
    en: 'Too many requests: too many new connections from one address',
  },
  history_rate: {
    code: 'RATE_LIMITED',
    de: 'Zu viele Anfragen: von dieser Adresse wurden zu viele Nachrichten abgerufen',
    en: 'Too many requests: this address has read too many stored messages',
  },
  database_down: {
    code: 'SERVICE_UNAVAILABLE',
    de: 'Dienst vorübergehend nicht verfügbar: die Datenbank antwortet nicht',
    en: 'Service temporarily unavailable: the database does not answer',
  },
  write_failed: {
    code: 'SERVICE_UNAVAILABLE',
    de: 'Dienst vorübergehend nicht verfügbar: die Nachricht konnte nicht gespeichert werden',
    en: 'Service temporarily unavailable: the message could not be stored',
  },
  queue_full: {
    code: 'SERVICE_UNAVAILABLE',
    de: 'Dienst vorübergehend nicht verfügbar: der Server ist überlastet; die Nachricht wurde nicht gespeichert',
    en: 'Service temporarily unavailable: the server is overloaded; the message was not stored',
  },
  overloaded: {
    code: 'SERVICE_UNAVAILABLE',
    de: 'Dienst vorübergehend nicht verfügbar: der Server ist überlastet',
    en: 'Service temporarily unavailable: the server is overloaded',
  },
  too_many_connections: {
    code: 'SERVICE_UNAVAILABLE',
    de: 'Dienst vorübergehend nicht verfügbar: zu viele Verbindungen',
    en: 'Service temporarily unavailable: too many connections',
  },
  draining: {
    code: 'SERVICE_UNAVAILABLE',
    de: 'Dienst vorübergehend nicht verfügbar: der Server wird gerade beendet',
    en: 'Service temporarily unavailable: the server is shutting down',
  },
} as const satisfies Record<string, { code: ErrorCode; status?: number } & Record<Language, string>>;

export type ErrorReason = keyof typeof ERROR_REASONS;
