/** Rows of the error table about the form of HTTP requests and WebSocket handshakes. */
export const HTTP_REASONS = {
  percent_encoding: {
    code: 'BAD_REQUEST',
    de: 'Ungültige Anfrage: die Prozent-Kodierung der Adresse ist fehlerhaft',
    en: 'Bad request: malformed percent-encoding in the address',
  },
  http_syntax: { code: 'BAD_REQUEST', de: 'Ungültige Anfrage: kein gültiges HTTP', en: 'Bad request: not valid HTTP' },
  http_headers: {
    code: 'BAD_REQUEST',
    status: 431,
    de: 'Ungültige Anfrage: die Kopfzeilen sind zu lang',
    en: 'Bad request: the headers are too long',
  },
  http_timeout: {
    code: 'BAD_REQUEST',
    status: 408,
    de: 'Ungültige Anfrage: sie ist nicht rechtzeitig eingetroffen',
    en: 'Bad request: it did not arrive in time',
  },
  http_host: {
    code: 'BAD_REQUEST',
    de: 'Ungültige Anfrage: »Host« fehlt, ist doppelt oder fehlerhaft',
    en: 'Bad request: "Host" is missing, given twice or malformed',
  },
  http_expectation: {
    code: 'BAD_REQUEST',
    status: 417,
    de: 'Ungültige Anfrage: »Expect« kann nur »100-continue« sein',
    en: 'Bad request: "Expect" can only be "100-continue"',
  },
  http_coding: {
    code: 'BAD_REQUEST',
    de: 'Ungültige Anfrage: »Transfer-Encoding« kann nur »chunked« sein',
    en: 'Bad request: "Transfer-Encoding" can only be "chunked"',
  },
  content_type: {
    code: 'BAD_REQUEST',
    status: 415,
    de: 'Ungültige Anfrage: »Content-Type« muss »application/json« sein',
    en: 'Bad request: "Content-Type" must be "application/json"',
  },
  upgrade_required: {
    code: 'BAD_REQUEST',
    status: 426,
    de: 'Ungültige Anfrage: hier ist nur eine WebSocket-Verbindung möglich',
    en: 'Bad request: only a WebSocket connection is possible here',
  },
  handshake_version: {
    code: 'BAD_REQUEST',
    status: 426,
    de: 'Ungültige Anfrage: nur Version 13 des WebSocket-Protokolls wird unterstützt',
    en: 'Bad request: only version 13 of the WebSocket protocol is supported',
  },
  handshake: {
    code: 'BAD_REQUEST',
    de: 'Ungültige Anfrage: kein gültiger WebSocket-Verbindungsaufbau',
    en: 'Bad request: not a valid WebSocket handshake',
  },
} as const;
