import { Times } from '../messages/times.js';
import { textsOf } from '../texts/texts.js';
import { stateText } from './state-text.js';

const NOW = new Date(2026, 10, 27, 12, 5).getTime();
const THEN = NOW - 120_000;

describe('stateText', () => {
  const say = (known: Partial<Parameters<typeof stateText>[0] & object>) =>
    stateText(
      { state: 'live', completeUpTo: undefined, retryAt: undefined, reason: undefined, ...known },
      textsOf('de'),
      new Times('de', 'de-DE'),
      NOW,
    );

  it('says up to when the messages are complete while something is missing', () => {
    expect(say({ state: 'waiting', completeUpTo: THEN, retryAt: NOW + 300 })).toBe(
      'Vollständig bis 12:03, verbinde neu …',
    );
    expect(say({ state: 'waiting', completeUpTo: THEN, retryAt: NOW + 9_500 })).toBe(
      'Vollständig bis 12:03, nächster Versuch in 10 s',
    );
    expect(say({ state: 'offline', completeUpTo: THEN })).toBe('Vollständig bis 12:03, keine Internetverbindung');
    expect(say({ state: 'connecting', completeUpTo: THEN - 86_400_000 })).toMatch(
      /^Vollständig bis .*26\. November.*12:03/,
    );
  });

  it('promises nothing before the first connection', () => {
    expect(say({ state: 'connecting' })).toBe('Verbinde …');
    expect(say({ state: 'waiting' })).toBe('Keine Verbindung, neuer Versuch …');
    expect(say({ state: 'live' })).toBe('Verbunden');
  });
});
