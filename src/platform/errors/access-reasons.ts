/** Rows of the error table about identities, permissions and changes. */
export const ACCESS_REASONS = {
  token_missing: {
    code: 'UNAUTHORIZED',
    de: 'Nicht angemeldet: ein Zugangstoken ist nötig',
    en: 'Not signed in: an access token is needed',
  },
  token_invalid: {
    code: 'UNAUTHORIZED',
    de: 'Nicht angemeldet: das Zugangstoken ist ungültig',
    en: 'Not signed in: the access token is not valid',
  },
  token_expired: {
    code: 'UNAUTHORIZED',
    de: 'Nicht angemeldet: das Zugangstoken ist abgelaufen',
    en: 'Not signed in: the access token has expired',
  },
  auth_rate: {
    code: 'RATE_LIMITED',
    de: 'Zu viele Anfragen: zu viele ungültige Zugangstoken von dieser Adresse',
    en: 'Too many requests: too many access tokens from this address were not valid',
  },
  keys_unavailable: {
    code: 'SERVICE_UNAVAILABLE',
    de: 'Dienst vorübergehend nicht verfügbar: das Zugangstoken kann gerade nicht geprüft werden',
    en: 'Service temporarily unavailable: the access token cannot be checked at the moment',
  },
  origin_foreign: {
    code: 'FORBIDDEN',
    de: 'Nicht erlaubt: die Anfrage kommt von der Seite eines anderen Anbieters',
    en: 'Not allowed: the request comes from a page of another origin',
  },
  names_used_up: {
    code: 'FORBIDDEN',
    de: 'Nicht erlaubt: dieser Benutzer hat schon {max} Namen gehabt',
    en: 'Not allowed: this user has had {max} names already',
  },
  token_name: {
    code: 'FORBIDDEN',
    de: 'Nicht erlaubt: der Name im Zugangstoken ist als Benutzername nicht zulässig',
    en: 'Not allowed: the name in the access token is not a valid user name',
  },
  other_subject: {
    code: 'FORBIDDEN',
    de: 'Nicht erlaubt: das neue Zugangstoken gehört jemand anderem',
    en: 'Not allowed: the new access token belongs to somebody else',
  },
  may_not_read: { code: 'FORBIDDEN', de: 'Nicht erlaubt: kein Recht zu lesen', en: 'Not allowed: no right to read' },
  may_not_write: {
    code: 'FORBIDDEN',
    de: 'Nicht erlaubt: kein Recht zu schreiben',
    en: 'Not allowed: no right to write',
  },
  may_not_moderate: {
    code: 'FORBIDDEN',
    de: 'Nicht erlaubt: kein Recht zu moderieren',
    en: 'Not allowed: no right to moderate',
  },
  name_not_yours: {
    code: 'FORBIDDEN',
    de: 'Nicht erlaubt: »username« muss der eigene Name sein oder fehlen',
    en: 'Not allowed: "username" must be your own name, or be left out',
  },
  name_owned: {
    code: 'FORBIDDEN',
    de: 'Nicht erlaubt: der Name gehört schon jemand anderem',
    en: 'Not allowed: the name belongs to somebody else already',
  },
  name_lookalike: {
    code: 'FORBIDDEN',
    de: 'Nicht erlaubt: der Name sieht aus wie ein anderer, der vergeben ist',
    en: 'Not allowed: the name looks like another one that is taken',
  },
  muted: {
    code: 'FORBIDDEN',
    de: 'Nicht erlaubt: ein Moderator hat das Schreiben gesperrt',
    en: 'Not allowed: a moderator has muted this user',
  },
  banned: {
    code: 'FORBIDDEN',
    de: 'Nicht erlaubt: ein Moderator hat den Zugang gesperrt',
    en: 'Not allowed: a moderator has banned this user',
  },
  message_not_yours: {
    code: 'FORBIDDEN',
    de: 'Nicht erlaubt: die Nachricht ist von jemand anderem',
    en: 'Not allowed: the message is somebody else’s',
  },
  edit_window_over: {
    code: 'FORBIDDEN',
    de: 'Nicht erlaubt: die Zeit zum Ändern ist vorbei',
    en: 'Not allowed: the time for changes is over',
  },
  message_unknown: {
    code: 'NOT_FOUND',
    de: 'Ressource nicht gefunden: diese Nachricht gibt es nicht',
    en: 'Resource not found: there is no such message',
  },
  message_deleted: {
    code: 'NOT_FOUND',
    de: 'Ressource nicht gefunden: die Nachricht wurde gelöscht',
    en: 'Resource not found: the message was deleted',
  },
  slow_mode: {
    code: 'RATE_LIMITED',
    de: 'Zu viele Anfragen: höchstens eine Nachricht in {seconds} s; bitte in {wait} s erneut versuchen',
    en: 'Too many requests: at most one message in {seconds} s; try again in {wait} s',
  },
  not_yourself: {
    code: 'FORBIDDEN',
    de: 'Nicht erlaubt: Moderatoren können sich nicht selbst sperren oder entsperren',
    en: 'Not allowed: moderators cannot mute, ban or release themselves',
  },
  sanctions_full: {
    code: 'FORBIDDEN',
    de: 'Nicht erlaubt: es gibt schon {max} Sperren; zuerst müssen welche aufgehoben werden',
    en: 'Not allowed: there are {max} mutes and bans already; some have to be lifted first',
  },
  erasure_busy: {
    code: 'SERVICE_UNAVAILABLE',
    de: 'Dienst vorübergehend nicht verfügbar: gerade werden die Nachrichten eines anderen Benutzers gelöscht',
    en: 'Service temporarily unavailable: the messages of another user are being erased',
  },
  body_not_json: {
    code: 'BAD_REQUEST',
    de: 'Ungültige Anfrage: der Inhalt muss JSON sein (»Content-Type: application/json«)',
    en: 'Bad request: the body must be JSON ("Content-Type: application/json")',
  },
} as const;
