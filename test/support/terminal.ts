import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { screenOf } from './screen';
import { until } from './until';

export const COLUMNS = 80;
const MAIN = join(__dirname, '../../packages/cli/dist/main.js');

/** Runs a program on a pseudo-terminal of 24 rows, relaying its input and output. */
const PSEUDO_TERMINAL = `
import fcntl, os, pty, select, struct, sys, termios
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, ${COLUMNS}, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:])
inputs = [0, terminal]
while True:
    ready, _, _ = select.select(inputs, [], [])
    if 0 in ready:
        data = os.read(0, 65536)
        if data: os.write(terminal, data)
        else: inputs.remove(0)
    if terminal in ready:
        try: data = os.read(terminal, 65536)
        except OSError: break
        if not data: break
        os.write(1, data)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

const PYTHON = ['/usr/bin/python3', 'python3'].find((path) => {
  try {
    execFileSync(path, ['-c', 'import pty'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});
export const hasPseudoTerminal = PYTHON !== undefined;

/** The built terminal client as a process. */
export class ChatProcess {
  /** All of standard output, unmodified. */
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

  static atTerminal(url: string, options: string, environment: Record<string, string> = {}): ChatProcess {
    const args = ['-c', PSEUDO_TERMINAL, process.execPath, MAIN, ...words(options)];
    return ChatProcess.start(PYTHON!, args, url, { TERM: 'xterm-256color', ...environment });
  }

  private static start(program: string, args: string[], url: string, environment: Record<string, string>): ChatProcess {
    const env = { PATH: process.env.PATH, CHAT_URL: url, CHAT_NAME: 'eva', ...environment };
    return new ChatProcess(spawn(program, args, { env, stdio: 'pipe' }));
  }

  type(text: string): void {
    this.child.stdin!.write(text);
  }

  /** Ends standard input after this text; resolves with the exit code. */
  finish(text = ''): Promise<number | null> {
    this.child.stdin!.end(text);
    return this.ended;
  }

  get lines(): string[] {
    return this.printed.split('\n').slice(0, -1);
  }

  async shows(text: string): Promise<void> {
    await until(() => this.printed.includes(text));
  }

  /** The rows of the terminal's screen as a person sees them, without times and without empty rows at the end. */
  get screen(): string[] {
    // The output may end within a control sequence.
    // eslint-disable-next-line no-control-regex -- terminal control sequences
    const whole = this.printed.replace(/\u001b(\[[\d;]*)?$/, '');
    return screenOf(whole, COLUMNS).map((row) => row.replace(/^([\d-]{10} )?\d\d:\d\d /, ''));
  }

  /** Resolves when these are the last rows on the screen. */
  async endsWith(...rows: string[]): Promise<void> {
    await until(() => this.screen.slice(-rows.length).join('\n') === rows.join('\n'));
  }
}

function words(options: string): string[] {
  return options.split(' ').filter(Boolean);
}

const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});
