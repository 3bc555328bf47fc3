import type { ChatOptions } from '@chat-system/client';
import { lengthOf } from '../messages/plain-text.js';
import type { Texts } from '../texts/de.js';
import { codeOf } from '../view/error-text.js';
import type { Names } from './names.js';

type GetToken = NonNullable<ChatOptions['getToken']>;

/** The page's information about the user. */
export interface IdentityHost {
  readonly username: string;
  readonly getToken: GetToken | undefined;
  /** A name that is only remembered is not sent to the server. */
  readonly isQuiet: boolean;
}

export interface IdentitySource {
  /** Whether the server has authenticated the user, for example through a proxy. */
  readonly isKnown: boolean;
  /** Requests a token from the page with the event `token`. */
  askToken(): ReturnType<GetToken>;
}

/** Owns the identity of the user: from a token, from the page's `username`, or from a name chosen in the form. */
export class Identity {
  /** The name form is open. */
  isAsking = false;
  problem = '';
  value = '';
  private hasToken = false;
  /** The user has chosen a name or written since the page was opened. */
  private isRevealed = false;

  constructor(
    private readonly host: IdentityHost,
    private readonly source: IdentitySource,
    private readonly names: Names,
  ) {}

  /** Whether the user may choose a name. */
  get isFree(): boolean {
    return !this.hasToken && !this.host.username && !this.source.isKnown;
  }

  get name(): string {
    return this.host.username || this.names.chosen;
  }

  /** Whether a name must be chosen before writing. */
  get isNameWanted(): boolean {
    return this.isFree && (this.isAsking || this.names.chosen === '');
  }

  /** Options for the client. */
  credentials(): Pick<ChatOptions, 'username' | 'getToken'> {
    const getToken = this.tokenSource();
    this.hasToken = getToken !== undefined;
    if (getToken) return { getToken };
    const isHidden = this.host.isQuiet && !this.isRevealed;
    return this.name === '' || this.problem !== '' || isHidden ? {} : { username: this.name };
  }

  /** @returns whether the name is new to the server, so that a reconnect is needed */
  reveal(): boolean {
    const isNew = this.host.isQuiet && !this.isRevealed && this.isFree;
    this.isRevealed = true;
    return isNew;
  }

  /** @returns whether the name can be tried */
  choose(name: string, texts: Texts, max: number): boolean {
    this.value = name;
    this.problem = problemOf(name.trim(), texts, max);
    if (this.problem !== '') return false;
    this.isAsking = false;
    this.isRevealed = true;
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

  /** The server refused the name. */
  refused(error: Error, texts: Texts): void {
    this.ask();
    this.problem = codeOf(error) === 'FORBIDDEN' ? texts.nameTaken : texts.nameCharacters;
  }

  /** Asks once to learn whether the page provides tokens; the answer serves as the first token. */
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

/** Problem with a name, as a text for the user; empty leaves the decision to the server. */
function problemOf(name: string, texts: Texts, max: number): string {
  if (name === '') return texts.nameMissing;
  return lengthOf(name) > max ? texts.nameTooLong(max) : '';
}
