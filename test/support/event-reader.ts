import { once } from 'node:events';
import { type ClientRequest, get, type IncomingMessage } from 'node:http';

/** An event-stream client that parses the stream as the HTML standard specifies. */
export class EventReader {
  readonly ended: Promise<unknown>;
  comments = 0;
  private readonly events: Record<string, string>[] = [];
  private text = '';

  private constructor(
    readonly request: ClientRequest,
    readonly response: IncomingMessage,
  ) {
    this.ended = new Promise((resolve) => response.on('end', resolve));
    response.setEncoding('utf8').on('data', (chunk: string) => {
      this.text += chunk;
      const blocks = this.text.split('\n\n');
      this.text = blocks.pop()!;
      for (const block of blocks) {
        if (block.startsWith(':')) this.comments++;
        else this.events.push(Object.fromEntries(block.split('\n').map(field)));
      }
    });
  }

  static async open(
    server: { readonly url: string },
    query = '',
    headers: Record<string, string> = {},
  ): Promise<EventReader> {
    const request = get(`${server.url}/api/messages/stream${query}`, { headers });
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    return new EventReader(request, response);
  }

  async next(): Promise<Record<string, string>> {
    while (this.events.length === 0) await once(this.response, 'data');
    return this.events.shift()!;
  }

  async nextIds(count: number): Promise<number[]> {
    const ids: number[] = [];
    while (ids.length < count) ids.push(Number((await this.next()).id));
    return ids;
  }
}

/** One line of an event: `name: value`. */
function field(line: string): [string, string] {
  const colon = line.indexOf(': ');
  return [line.slice(0, colon), line.slice(colon + 2)];
}
