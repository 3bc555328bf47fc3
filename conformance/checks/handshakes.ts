import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { checks } from '../check';
import { must, Untried } from '../verdict';
import type { Kit } from '../kit';
import { said } from './expectations';

export const HANDSHAKES = [
  ...checks(
    'http',
    [
      'W1',
      'an upgrade on another path is refused with 404',
      async (kit) => {
        const answer = await kit.open(`${kit.target.socketUrl}-kit-elsewhere`, []).then(
          () => 'a connection',
          (error: unknown) => String(error),
        );
        must(answer.includes('404'), `404; came ${answer}`);
      },
    ],
    [
      'W23',
      '/ws without an upgrade is 426 and names websocket in Upgrade',
      async (kit) => {
        const { status, upgrade } = await plain(kit);
        must(status === 426, `426; came ${status}`);
        must(upgrade === 'websocket', `Upgrade: websocket; came ${upgrade}`);
      },
    ],
  ),
  ...checks(
    'v1',
    [
      'W22',
      'a handshake may have a slash after /ws, and a query',
      async (kit) => {
        const client = await kit.v1('/?kit=1');
        const text = kit.text();
        client.send({ type: 'chat_message', username: kit.name('eva'), message: text });
        await client.expect('message', said(text));
      },
    ],
    [
      'W11',
      'invalid UTF-8 closes the connection with 1007, and no other',
      async (kit) => {
        const [client, other] = [await kit.v1(), await kit.v1()];
        client.socket.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false });
        const { code, reason } = await client.expectEnd();
        must(code === 1007, `1007; came ${code} ${reason}`);
        const text = kit.text();
        other.send({ type: 'chat_message', username: kit.name('eva'), message: text });
        await other.expect('message', said(text));
      },
    ],
    [
      'W12',
      'a connection that only answers pings stays open',
      async (kit) => {
        const { idleSeconds } = kit.target;
        if (idleSeconds === 0) throw new Untried('takes --idle');
        const [client, other] = [await kit.v1(), await kit.v1()];
        await new Promise((resolve) => setTimeout(resolve, idleSeconds * 1000));
        const text = kit.text();
        must(client.isOpen && other.isOpen, `open connections after ${idleSeconds} s of silence`);
        other.send({ type: 'chat_message', username: kit.name('eva'), message: text });
        await client.expect('message after the silence', said(text));
      },
    ],
  ),
  ...checks(
    'v2',
    [
      'V1',
      'chat.v2 is negotiated, also among other offers',
      async (kit) => {
        for (const offers of [['chat.v2'], ['kit-unknown', 'chat.v2']]) {
          const opened = await kit.open(kit.target.socketUrl, offers).catch((error: unknown) => String(error));
          must(typeof opened !== 'string', `the subprotocol chat.v2; ${opened as string}`);
          must(opened.socket.protocol === 'chat.v2', `the subprotocol chat.v2; came "${opened.socket.protocol}"`);
        }
      },
    ],
    [
      'W11',
      'a frame over max_frame_bytes closes the connection with 1009',
      async (kit) => {
        const [client, welcome] = await kit.hello();
        const { max_frame_bytes: most } = welcome.limits as { max_frame_bytes: number };
        if (most > 2 ** 20) throw new Untried(`max_frame_bytes is ${most}`);
        client.send('x'.repeat(most + 1));
        const { code, reason } = await client.expectEnd();
        must(code === 1009, `1009; came ${code} ${reason}`);
      },
    ],
    [
      'W24',
      'a close frame states its reason as text',
      async (kit) => {
        const client = await kit.v2();
        client.socket.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false });
        const { code, reason } = await client.expectEnd();
        must(code === 1006 || reason !== '', `a reason beside ${code}`);
        must(code !== 1006, 'a close frame; the connection was cut');
      },
    ],
  ),
];

/** fetch hides the header Upgrade. */
function plain(kit: Kit): Promise<{ status: number | undefined; upgrade: string | undefined }> {
  const url = kit.target.socketUrl.replace(/^ws/, 'http');
  kit.transcript.add(0, '>', `GET ${url}`);
  const request = url.startsWith('https') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const asked = request(url, { agent: false, timeout: kit.target.timeoutMs }, (answer) => {
      answer.resume();
      kit.transcript.add(0, '<', `${answer.statusCode} ${JSON.stringify(answer.headers)}`);
      resolve({ status: answer.statusCode, upgrade: answer.headers.upgrade });
    });
    asked.on('error', reject);
    asked.on('timeout', () => asked.destroy(new Error('no answer')));
    asked.end();
  });
}
