import { ChatError } from '@chat-system/client';
import { textsOf } from '../texts/texts.js';
import { errorText } from './error-text.js';

const MUTED = {
  de: 'Nicht erlaubt: ein Moderator hat das Schreiben gesperrt',
  en: 'Not allowed: a moderator has muted this user',
};

describe('errorText', () => {
  const say = (language: 'de' | 'en', code: string, message: string) =>
    errorText(new ChatError(code, message), textsOf(language));

  it('has the words of the server where they are in the language of the element, and its own otherwise', () => {
    expect(say('de', 'FORBIDDEN', MUTED.de)).toBe('ein Moderator hat das Schreiben gesperrt');
    expect(say('en', 'FORBIDDEN', MUTED.en)).toBe('a moderator has muted this user');
    expect(say('de', 'FORBIDDEN', MUTED.en)).toBe('das ist dir hier nicht erlaubt');
    expect(say('en', 'FORBIDDEN', MUTED.de)).toBe('you are not allowed to do that here');
  });

  it('names no field of a frame', () => {
    const message = 'Ungültige Nachricht: »message« enthält unerlaubte Zeichen';
    expect(say('de', 'VALIDATION_ERROR', message)).toBe('der Text ist leer, zu lang oder enthält unerlaubte Zeichen');
  });

  it('does not show what it does not know', () => {
    expect(errorText(new Error('TypeError: x'), textsOf('de'))).toBe('der Server ist nicht erreichbar');
  });
});
