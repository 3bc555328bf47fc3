import type { Language } from './language.js';

const ENGLISH = {
  connecting: (url: string): string => `connecting to ${url} …`,
  connected: (name: string | null, count: number): string =>
    `connected${name === null ? '' : ` as ${name}`}; ${count} here; /help lists the commands`,
  again: 'connected again, nothing was missed',
  waiting: (why: string, seconds: number): string => `not connected (${why}), next attempt in ${seconds} s`,
  ended: (why: string): string => `the server refuses: ${why}`,
  unreachable: (url: string, why: string): string => `${url} cannot be reached: ${why}`,
  noAnswer: 'no answer',
  noConnection: 'no connection',
  notSent: (why: string): string => `not sent: ${why}`,
  lineNotSent: (line: number, why: string): string => `message ${line} not sent: ${why}`,
  unconfirmed: (count: number): string => `${count} not confirmed, may be stored`,
  unsent: (count: number): string => `${count} not sent`,
  pending: (text: string): string => `sent once connected: ${text}`,
  joined: (name: string): string => `${name} is here`,
  left: (name: string): string => `${name} has gone`,
  who: (names: string): string => `here: ${names}`,
  whoCount: (count: number): string => `${count} here`,
  edited: (id: number, text: string): string => `message ${id} is now: ${text}`,
  deleted: (id: number): string => `message ${id} was deleted`,
  deletedText: '(deleted)',
  reset: (after: number): string => `the server's history is another one: what follows message ${after} is void`,
  unknownCommand: (command: string): string => `there is no ${command}; write // for a text that begins with /`,
  help: '/who: who is here; /quit or Ctrl-D: leave; //: a text that begins with /',
  noTerminal: 'join needs a terminal',
  empty: 'nothing to send',
  optionRange: (name: string, least: number, most: number): string => `${name} must be from ${least} to ${most}`,
  badUrl: '--url must be http://HOST or https://HOST',
  unknown: (name: string): string => `there is no command ${name}; see --help`,
  unknownOption: (name: string): string =>
    `there is no option ${name}; see --help. -- precedes a text that begins with -`,
  optionForm: (name: string): string => `${name} has a value too many, or none; see --help`,
  unreadable: (path: string, code: string): string => `CHAT_TOKEN_FILE: ${path} cannot be read (${code})`,
  onlyFor: (name: string, command: string): string => `${name} is for ${command} only`,
  tooMany: 'read and join take no text',
};

export type Texts = typeof ENGLISH;

const GERMAN: Texts = {
  connecting: (url) => `verbinde mit ${url} …`,
  connected: (name, count) =>
    `verbunden${name === null ? '' : ` als ${name}`}; ${count} anwesend; /help nennt die Befehle`,
  again: 'wieder verbunden, nichts fehlt',
  waiting: (why, seconds) => `nicht verbunden (${why}), nächster Versuch in ${seconds} s`,
  ended: (why) => `der Server lehnt ab: ${why}`,
  unreachable: (url, why) => `${url} ist nicht zu erreichen: ${why}`,
  noAnswer: 'keine Antwort',
  noConnection: 'keine Verbindung',
  notSent: (why) => `nicht gesendet: ${why}`,
  lineNotSent: (line, why) => `Nachricht ${line} nicht gesendet: ${why}`,
  unconfirmed: (count) => `${count} nicht bestätigt, vielleicht gespeichert`,
  unsent: (count) => `${count} nicht gesendet`,
  pending: (text) => `wird gesendet, sobald verbunden: ${text}`,
  joined: (name) => `${name} ist da`,
  left: (name) => `${name} ist gegangen`,
  who: (names) => `anwesend: ${names}`,
  whoCount: (count) => `${count} anwesend`,
  edited: (id, text) => `Nachricht ${id} lautet jetzt: ${text}`,
  deleted: (id) => `Nachricht ${id} wurde gelöscht`,
  deletedText: '(gelöscht)',
  reset: (after) => `der Verlauf des Servers ist ein anderer: was auf Nachricht ${after} folgt, gilt nicht mehr`,
  unknownCommand: (command) => `${command} gibt es nicht; ein Text, der mit / beginnt, wird // geschrieben`,
  help: '/who: wer da ist; /quit oder Strg-D: gehen; //: ein Text, der mit / beginnt',
  noTerminal: 'join braucht ein Terminal',
  empty: 'nichts zu senden',
  optionRange: (name, least, most) => `${name} muss von ${least} bis ${most} sein`,
  badUrl: '--url muss http://HOST oder https://HOST sein',
  unknown: (name) => `einen Befehl ${name} gibt es nicht; siehe --help`,
  unknownOption: (name) =>
    `eine Option ${name} gibt es nicht; siehe --help. Vor einem Text, der mit - beginnt, steht --`,
  optionForm: (name) => `${name} hat einen Wert zu viel oder keinen; siehe --help`,
  unreadable: (path, code) => `CHAT_TOKEN_FILE: ${path} ist nicht lesbar (${code})`,
  onlyFor: (name, command) => `${name} gibt es nur für ${command}`,
  tooMany: 'read und join nehmen keinen Text',
};

/** All texts for the user, except the usage. */
export function textsIn(language: Language): Texts {
  return { de: GERMAN, en: ENGLISH }[language];
}
