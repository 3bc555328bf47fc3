import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const EXAMPLE = join(__dirname, '../../examples/python/chat_client.py');

/** Debian's Python first: another one in the PATH seldom has Debian's packages. */
const PYTHON = ['/usr/bin/python3', 'python3'].find((path) => {
  try {
    execFileSync(path, ['-c', 'import websockets'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
});
export const hasPythonWebSockets = PYTHON !== undefined;

export interface PrintedMessage {
  readonly id: number;
  readonly username: string;
  readonly message: string;
  readonly timestamp: string;
}

/** The client of `examples/python` as a process. */
export class PythonClient {
  readonly messages: PrintedMessage[] = [];
  readonly errors: string[] = [];
  private readonly child: ChildProcess;

  constructor(url: string, name: string, ...options: string[]) {
    this.child = spawn(PYTHON!, [EXAMPLE, url, name, ...options], { stdio: 'pipe' });
    children.add(this.child);
    createInterface(this.child.stdout!).on('line', (line) => this.messages.push(JSON.parse(line) as PrintedMessage));
    createInterface(this.child.stderr!).on('line', (line) => this.errors.push(line));
  }

  say(line: string): void {
    this.child.stdin!.write(`${line}\n`);
  }

  /** Messages that the server acknowledged. */
  get stored(): number {
    return this.errors.filter((line) => line.startsWith('stored as')).length;
  }

  get texts(): string[] {
    return this.messages.map(({ message }) => message);
  }

  async stop(): Promise<number | null> {
    return new Promise((resolve) => {
      this.child.on('exit', resolve);
      this.child.kill('SIGINT');
    });
  }
}

const children = new Set<ChildProcess>();
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
});
