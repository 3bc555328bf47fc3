/** What the page says. The errors of the server come in the language the browser asks it for. */
export const TEXTS = {
  de: {
    connecting: 'Verbindung wird aufgebaut …',
    connected: 'Verbunden',
    reconnecting: 'Keine Verbindung, neuer Versuch …',
    log: 'Nachrichten',
    empty: 'Noch keine Nachrichten. Schreib die erste!',
    more: 'Neue Nachrichten',
    name: 'Dein Name',
    message: 'Nachricht',
    send: 'Senden',
    hint: 'Enter sendet, Umschalt + Enter: neue Zeile',
    you: 'Du',
    joined: 'ist jetzt dabei',
    nameMissing: 'Bitte gib zuerst deinen Namen ein.',
    refused1008: 'Der Server nimmt von hier keine Verbindung an, neuer Versuch …',
    tooLong: 'Die Nachricht ist zu lang und wurde nicht gesendet.',
    refused4009: 'Der Server ist voll, neuer Versuch …',
  },
  en: {
    connecting: 'Connecting …',
    connected: 'Connected',
    reconnecting: 'No connection, trying again …',
    log: 'Messages',
    empty: 'No messages yet. Write the first one!',
    more: 'New messages',
    name: 'Your name',
    message: 'Message',
    send: 'Send',
    hint: 'Enter sends, Shift + Enter: new line',
    you: 'You',
    joined: 'joined',
    nameMissing: 'Please enter your name first.',
    refused1008: 'The server does not accept connections from here, trying again …',
    tooLong: 'The message is too long and was not sent.',
    refused4009: 'The server is full, trying again …',
  },
};

/** The other language, in its own words: the label of the switch. */
export const OTHER = { de: { code: 'en', label: 'English' }, en: { code: 'de', label: 'Deutsch' } };
