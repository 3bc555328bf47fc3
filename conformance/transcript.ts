/** Maximum lines kept of a check: enough to follow the exchange. */
const MAX_LINES = 200;
/** Maximum characters per line: frames can be large. */
const MAX_LENGTH = 240;

/** Frames, requests and answers of one check, in order. Never holds the header `Authorization`, and thus no token. */
export class Transcript {
  readonly lines: string[] = [];

  /** @param connection number of the check's connection, from 1; 0: HTTP */
  add(connection: number, direction: '>' | '<' | '-', text: string): void {
    if (this.lines.length === MAX_LINES) this.lines.shift();
    const short = text.length > MAX_LENGTH ? `${text.slice(0, MAX_LENGTH)}… (${text.length} characters)` : text;
    this.lines.push(`${connection === 0 ? 'http' : `#${connection}`} ${direction} ${short}`);
  }
}
