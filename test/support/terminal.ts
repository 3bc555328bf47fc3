import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { until } from './until';

const MAIN = join(__dirname, '../../packages/cli/dist/main.js');

/** The built terminal client as a process. */
export class ChatProcess {
  /** Everything on standard output, as it came. */
  printed = '';
  errors = '';
  readonly ended: Promise<number | null>;

  private constructor(readonly child: ChildProcess) {
    children.add(child);
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.printed += text));
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.errors += text));
    child.stdin!.on('error', () => undefined);
    this.ended = new Promise((resolve) => child.on('close', resolve));
  }

  static run(url: string, options: string, environment: Record<string, string> = {}): ChatProcess {
    return ChatProcess.start(process.execPath, [MAIN, ...words(options)], url, environment);
  }

  private static start(program: string, args: string[], url: string, environment: Record<string, string>): ChatProcess {
    const env = { PATH: process.env.PATH, CHAT_URL: url, CHAT_NAME: 'eva', ...environment };
    return new ChatProcess(spawn(program, args, { env, stdio: 'pipe' }));
  }

  type(text: string): void {
    this.child.stdin!.write(text);
  }

  /** Ends standard input behind this text; resolves with the exit code. */
  finish(text = ''): Promise<number | null> {
    this.child.stdin!.end(text);
    return this.ended;
  }

  get lines(): string[] {
    return this.printed.split('\n').slice(0, -1);
  }

  async shows(text: string | RegExp): Promise<void> {
    await until(() => (typeof text === 'string' ? this.printed.includes(text) : text.test(this.printed)));
  }
}

function words(options: string): string[] {
  return options.split(' ').filter(Boolean);
}

const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});
