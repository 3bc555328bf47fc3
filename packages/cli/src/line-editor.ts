import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline';

/** Maximum lines that the arrow keys recall. */
const HISTORY = 500;
const PROMPT = '> ';

/** Owns the line being typed, at the bottom of the screen. Output appears above it and leaves it intact. */
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

  /** Calls back for each key while the line holds a text that is not a command. */
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
    // To redraw, readline moves up by `prevRows`, the cursor's row at its last refresh; pasting several rows does not update it.
    const { prevRows = rows } = this.editor as { readonly prevRows?: number };
    process.stdout.write(text + '\n'.repeat(prevRows));
    this.editor.prompt(true);
  }

  close(): void {
    this.editor.close();
  }

  /** Removes an entered line: it comes back as a message. */
  private removeTyped(line: string): void {
    // readline measures rows, wide characters included, only of its prompt and current line: the text becomes the prompt.
    this.editor.setPrompt(PROMPT + line);
    const { rows } = this.editor.getCursorPos();
    this.editor.setPrompt(PROMPT);
    moveCursor(process.stdout, 0, -(rows + 1));
    cursorTo(process.stdout, 0);
    clearScreenDown(process.stdout);
  }
}
