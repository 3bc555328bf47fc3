import type { WriteStream } from 'node:tty';

const WIDTH = 30;

/** Prints the progress: a moving bar on a terminal, elsewhere at most a line per percent. */
export class Progress {
  private step = '';
  private shown = -1;

  constructor(private readonly out: Pick<WriteStream, 'write' | 'isTTY'>) {}

  say(line: string): void {
    this.out.write(`${line}\n`);
  }

  /** Shows a step, which begins with the first call that names it and ends when `done` is `total`. */
  show(step: string, done: number, total: number): void {
    const percent = Math.floor((done / total) * 100);
    if (step === this.step && percent === this.shown) return;
    this.step = step;
    this.shown = percent;
    const numbers = `${String(percent).padStart(3)} %  ${done} of ${total}`;
    if (!this.out.isTTY) {
      this.say(`${step} ${numbers}`);
      return;
    }
    const filled = Math.floor((done / total) * WIDTH);
    const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
    this.out.write(`\r${step.padEnd(9)} ${bar} ${numbers}${done === total ? '\n' : ''}`);
  }
}
