const number = new Intl.NumberFormat('de');

/** The element's texts in German. */
export const de = {
  title: 'Chat',
  open: 'Chat öffnen',
  close: 'Chat schließen',
  messages: 'Nachrichten',
  empty: 'Noch keine Nachrichten. Schreib die erste!',
  beginning: 'Hier beginnt der Chat.',
  loadingOlder: 'Ältere Nachrichten werden geladen …',
  loading: 'Nachrichten werden geladen …',
  loadFailed: 'Die Nachrichten konnten nicht geladen werden.',
  again: 'Noch einmal versuchen',
  today: 'Heute',
  yesterday: 'Gestern',
  you: 'Du',
  edited: 'bearbeitet',
  editedAt: (time: string) => `bearbeitet am ${time}`,
  deleted: 'Nachricht gelöscht',
  deletedByOther: 'Von der Moderation gelöscht',
  newMessages: 'Neue Nachrichten',
  newest: 'Zur neuesten Nachricht',
  unread: (count: number) => (count === 1 ? '1 neue Nachricht' : `${number.format(count)} neue Nachrichten`),
  said: (name: string, text: string) => `${name}: ${text}`,

  write: 'Nachricht',
  writeAs: (name: string) => `Nachricht als ${name}`,
  send: 'Senden',
  save: 'Speichern',
  cancel: 'Abbrechen',
  editing: 'Nachricht bearbeiten',
  keys: 'Enter sendet, Umschalt + Enter macht eine neue Zeile.',
  left: (count: number) => (count === 1 ? 'noch 1 Zeichen' : `noch ${number.format(count)} Zeichen`),
  tooLong: (count: number) => (count === 1 ? '1 Zeichen zu viel' : `${number.format(count)} Zeichen zu viel`),
  messageTooLong: (max: number) => `Eine Nachricht darf höchstens ${number.format(max)} Zeichen haben.`,
  sending: 'wird gesendet',
  waitingForConnection: 'wird gesendet, sobald die Verbindung wieder da ist',
  notSent: 'Nicht gesendet',
  retry: 'Noch einmal senden',
  discard: 'Verwerfen',
  slow: (seconds: number) => `Du kannst in ${number.format(seconds)} s wieder schreiben. Der Text wird dann gesendet.`,
  readOnly: 'Du kannst hier mitlesen, aber nicht schreiben.',

  name: 'Dein Name',
  askName: 'Wie heißt du?',
  join: 'Mitmachen',
  changeName: 'Namen ändern',
  nameMissing: 'Bitte gib einen Namen ein.',
  nameTooLong: (max: number) => `Dein Name darf höchstens ${number.format(max)} Zeichen haben.`,
  nameCharacters: 'Dein Name enthält unsichtbare oder unerlaubte Zeichen.',
  nameTaken: 'Dieser Name gehört schon jemandem oder sieht einem anderen zu ähnlich. Bitte wähle einen anderen.',

  actions: (name: string) => `Aktionen zur Nachricht von ${name}`,
  reply: 'Zitieren',
  copy: 'Kopieren',
  edit: 'Bearbeiten',
  remove: 'Löschen',
  reallyRemove: 'Endgültig löschen?',
  changeFailed: (why: string) => `Das hat nicht geklappt: ${why}`,

  present: (count: number) => `${number.format(count)} online`,
  people: 'Wer online ist',
  unnamed: (count: number) => `und ${number.format(count)} weitere`,
  nobody: 'Gerade ist niemand online.',
  types: (names: readonly string[]) => {
    if (names.length === 0) return '';
    if (names.length === 1) return `${names[0]!} schreibt …`;
    if (names.length === 2) return `${names[0]!} und ${names[1]!} schreiben …`;
    return 'Mehrere schreiben …';
  },
  notify: 'Benachrichtigen',
  notifyOff: 'Nicht mehr benachrichtigen',
  notifyDenied: 'Der Browser erlaubt dieser Seite keine Benachrichtigungen.',

  connecting: 'Verbinde …',
  live: 'Verbunden',
  catchingUp: 'Hole nach, was gefehlt hat …',
  complete: (time: string, then: string) => `Vollständig bis ${time}, ${then}`,
  reconnecting: 'verbinde neu …',
  offlineNow: 'keine Internetverbindung',
  reconnectingIn: (seconds: number) => `nächster Versuch in ${number.format(seconds)} s`,
  offline: 'Keine Internetverbindung',
  waiting: 'Keine Verbindung, neuer Versuch …',
  ended: 'Die Verbindung ist beendet.',
  endedOrigin: 'Der Server nimmt von dieser Seite keine Verbindung an.',
  endedForbidden: 'Du hast zu diesem Chat keinen Zugang.',
  endedSignIn: 'Melde dich an, um mitzulesen und mitzuschreiben.',

  /** Prefix of the server's texts for missing permissions, in this language. */
  notAllowed: 'Nicht erlaubt: ',
  errors: {
    VALIDATION_ERROR: 'der Text ist leer, zu lang oder enthält unerlaubte Zeichen',
    RATE_LIMITED: 'zu viele Nachrichten in kurzer Zeit',
    SERVICE_UNAVAILABLE: 'der Server ist gerade überlastet',
    INTERNAL_ERROR: 'auf dem Server ist ein Fehler aufgetreten',
    FORBIDDEN: 'das ist dir hier nicht erlaubt',
    UNAUTHORIZED: 'deine Anmeldung ist abgelaufen',
    NOT_FOUND: 'die Nachricht gibt es nicht mehr',
  } as Readonly<Record<string, string>>,
  unknownError: 'der Server ist nicht erreichbar',
};

export type Texts = typeof de;
