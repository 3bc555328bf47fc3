import type { ChatOptions } from '@chat-system/client';
import { lengthOf } from '../messages/plain-text.js';
import type { Texts } from '../texts/de.js';
import { codeOf } from '../view/error-text.js';
import type { Names } from './names.js';

type GetToken = NonNullable<ChatOptions['getToken']>;

/** What the page says of the user. */
export interface IdentityHost {
  readonly username: string;
  readonly getToken: GetToken | undefined;
  /** A name that is only remembered is not told to the server. */
  readonly isQuiet: boolean;
}

export interface IdentitySource {
  /** The server knows the user by itself: from a proxy, say. */
  readonly isKnown: boolean;
  /** Asks the page for a token by the event `token`. */
  askToken(): ReturnType<GetToken>;
}

/** Owns who the user is for the server: by a token, by the page's word, or by a name that they chose. */
export class Identity {
  /** The name form is open. */
  isAsking = false;
  problem = '';
  value = '';
  private hasToken = false;
  /** The user has chosen the name, or written, since the page was opened. */
  private isAnnounced = false;

  constructor(
    private readonly host: IdentityHost,
    private readonly source: IdentitySource,
    private readonly names: Names,
  ) {}

  /** Whether the user may give a name of their own. */
  get isFree(): boolean {
    return !this.hasToken && !this.host.username && !this.source.isKnown;
  }

  get name(): string {
    return this.host.username || this.names.chosen;
  }

  /** Whether a name has to be given before anything can be written. */
  get isNameWanted(): boolean {
    return this.isFree && (this.isAsking || this.names.chosen === '');
  }

  /** What the client is made with. */
  credentials(): Pick<ChatOptions, 'username' | 'getToken'> {
    const getToken = this.tokenSource();
    this.hasToken = getToken !== undefined;
    if (getToken) return { getToken };
    const isHidden = this.host.isQuiet && !this.isAnnounced;
    return this.name === '' || this.problem !== '' || isHidden ? {} : { username: this.name };
  }

  /** @returns whether the server does not know the name yet */
  announce(): boolean {
    const isNews = this.host.isQuiet && !this.isAnnounced && this.isFree;
    this.isAnnounced = true;
    return isNews;
  }

  /** @returns whether the name can be tried */
  choose(name: string, texts: Texts, max: number): boolean {
    this.value = name;
    this.problem = problemOf(name.trim(), texts, max);
    if (this.problem !== '') return false;
    this.isAsking = false;
    this.isAnnounced = true;
    this.names.choose(name);
    return true;
  }

  ask(): void {
    this.isAsking = true;
    this.value = this.names.chosen;
    this.problem = '';
  }

  cancel(): void {
    this.isAsking = false;
    this.problem = '';
  }

  /** The server did not take the name. */
  refused(error: Error, texts: Texts): void {
    this.ask();
    this.problem = codeOf(error) === 'FORBIDDEN' ? texts.nameTaken : texts.nameCharacters;
  }

  /** One question tells whether the page hands out tokens; its answer is the first token. */
  private tokenSource(): GetToken | undefined {
    if (this.host.getToken) return this.host.getToken;
    let first = this.source.askToken();
    if (first === undefined) return undefined;
    return () => {
      const token = first ?? this.source.askToken();
      first = undefined;
      return token;
    };
  }
}

/** What is wrong with a name, in the words of a person; empty: the server decides. */
function problemOf(name: string, texts: Texts, max: number): string {
  if (name === '') return texts.nameMissing;
  return lengthOf(name) > max ? texts.nameTooLong(max) : '';
}
