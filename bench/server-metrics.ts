import { get } from 'node:http';
import type { ServerProcess } from './server-process';

/** A metric of the server, summed over all labels. `from`: the local address to request from. */
export async function readMetrics(server: ServerProcess, from = '127.0.0.1'): Promise<(name: string) => number> {
  const text = await new Promise<string>((resolve, reject) => {
    const { port } = server.address;
    get({ host: '127.0.0.1', port, path: '/metrics', localAddress: from, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.on('end', () => resolve(body)).on('error', reject);
    }).on('error', reject);
  });
  return (name) => {
    const samples = [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))];
    return samples.reduce((sum, [, value]) => sum + Number(value), 0);
  };
}
