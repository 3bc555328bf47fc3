import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline';

/** Lines that the arrow keys bring back. */
const HISTORY = 500;
const PROMPT = '> ';

/** The line that is being typed, at the bottom of the screen. What is printed appears above it and leaves it as it is. */
export class LineEditor {
  private readonly editor: Interface;
  private isOpen = true;

  constructor() {
    this.editor = createInterface({
      input: process.stdin,
      output: process.stdout,
      prompt: PROMPT,
      historySize: HISTORY,
      removeHistoryDuplicates: true,
    });
    this.editor.on('close', () => (this.isOpen = false));
    this.editor.prompt();
  }

  /** Calls back for each key while there is a text; a command is none. */
  onKey(handle: () => void): void {
    process.stdin.on('keypress', () => {
      if (this.editor.line !== '' && !this.editor.line.startsWith('/')) handle();
    });
  }

  onLine(handle: (line: string) => void): void {
    this.editor.on('line', (line) => {
      this.removeTyped(line);
      handle(line);
      if (this.isOpen) this.editor.prompt();
    });
  }

  onInterrupt(handle: () => void): void {
    this.editor.on('SIGINT', handle);
  }

  onEnd(handle: () => void): void {
    this.editor.on('close', handle);
  }

  print(text: string): void {
    if (!this.isOpen) {
      process.stdout.write(text);
      return;
    }
    const { rows } = this.editor.getCursorPos();
    moveCursor(process.stdout, 0, -rows);
    cursorTo(process.stdout, 0);
    clearScreenDown(process.stdout);
    // The editor draws itself as many rows higher as its cursor was when it last did: none, for all rows of a text that was pasted.
    const { prevRows = rows } = this.editor as { readonly prevRows?: number };
    process.stdout.write(text + '\n'.repeat(prevRows));
    this.editor.prompt(true);
  }

  close(): void {
    this.editor.close();
  }

  /** It comes back as a message. */
  private removeTyped(line: string): void {
    // The editor knows how many rows a text takes, wide characters included, but only of what is being edited.
    this.editor.setPrompt(PROMPT + line);
    const { rows } = this.editor.getCursorPos();
    this.editor.setPrompt(PROMPT);
    moveCursor(process.stdout, 0, -(rows + 1));
    cursorTo(process.stdout, 0);
    clearScreenDown(process.stdout);
  }
}
