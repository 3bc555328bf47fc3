import { setTimeout as delay } from 'node:timers/promises';
import { Client, type ServerAddress } from './client';
import { clientFrame, OPCODE } from './frames';
import { LatencyHistogram } from './latency-histogram';

export interface Editing {
  /** Messages of the editor, changed in turn. */
  readonly firstId: number;
  readonly messages: number;
  readonly editsPerSecond: number;
  readonly forMs: number;
}

export interface EditingResult {
  /** Time from an edit to its acknowledgement, in milliseconds. */
  readonly p99: number;
}

const USER = 'bench-editor';
const IN_FLIGHT = 256;
const TIMEOUT_MS = 30_000;
/** Offset of a frame's type, after `{"type":"`: `ack` or `error`. */
const TYPE_AT = 9;
const [A, E] = [0x61, 0x65];

/** Stores messages of the editor; resolves to the id of the first one. */
export async function storing(server: ServerAddress, { messages }: { readonly messages: number }): Promise<number> {
  const editor = await Editor.open(server);
  try {
    for (let sent = 0; sent < messages; sent++) {
      editor.send({ type: 'chat_message', message: `to be edited, ${sent}` });
      if (editor.inFlight >= IN_FLIGHT) await editor.settle(IN_FLIGHT / 2);
    }
    await editor.settle(0);
    return editor.firstId;
  } finally {
    editor.close();
  }
}

/** Edits at fixed times, however long the server takes. */
export async function editing(server: ServerAddress, load: Editing): Promise<EditingResult> {
  const editor = await Editor.open(server);
  try {
    const total = Math.round((load.forMs / 1000) * load.editsPerSecond);
    const begin = performance.now();
    for (let edit = 0; edit < total; edit++) {
      const due = begin + (edit * 1000) / load.editsPerSecond;
      while (performance.now() < due) await delay(1);
      editor.send({ type: 'edit', id: load.firstId + (edit % load.messages), message: `edited, ${edit}` });
    }
    await editor.settle(0);
    return { p99: editor.waits.percentile(0.99) };
  } finally {
    editor.close();
  }
}

/** One v2 client that counts acknowledgements. */
class Editor {
  firstId = 0;
  readonly waits = new LatencyHistogram();
  private readonly sentAt: number[] = [];
  private answered = 0;
  private failure: string | undefined;
  private readonly run = Date.now().toString(36);

  private constructor(private readonly client: Client) {
    client.listener = {
      text: (bytes, start, end) => {
        const type = bytes[start + TYPE_AT];
        if (type === A) this.acknowledged(bytes.toString('latin1', start, end));
        else if (type === E) this.failure ??= bytes.toString('utf8', start, end);
      },
      read: () => undefined,
    };
  }

  static async open(server: ServerAddress): Promise<Editor> {
    return new Editor(await Client.open({ ...server, dialect: 'chatV2Live' }, { user: USER }));
  }

  get inFlight(): number {
    return this.sentAt.length - this.answered;
  }

  send(frame: object): void {
    const text = JSON.stringify({ ...frame, client_id: `${this.run}-${this.sentAt.length}` });
    this.sentAt.push(performance.now());
    this.client.send(clientFrame(OPCODE.text, Buffer.from(text)));
  }

  /** Waits until at most this many are in flight. */
  async settle(atMost: number): Promise<void> {
    const deadline = performance.now() + TIMEOUT_MS;
    while (this.inFlight > atMost) {
      const failure = this.failure ?? this.client.failure;
      if (failure !== undefined) throw new Error(failure);
      if (performance.now() > deadline) throw new Error(`${this.inFlight} acknowledgements are missing`);
      await delay(1);
    }
  }

  close(): void {
    this.client.close();
  }

  private acknowledged(text: string): void {
    const ack = JSON.parse(text) as { readonly id: number; readonly client_id: string };
    this.firstId ||= ack.id;
    this.answered++;
    this.waits.add(performance.now() - this.sentAt[Number(ack.client_id.split('-')[1])]!);
  }
}
