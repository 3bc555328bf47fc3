import { checks } from '../check';
import { must, Untried } from '../verdict';

/** Runs last: a rate may be counted by user, and all checks may share one user. */
export const V2_RATES = checks('v2', [
  'V15',
  'a refusal beyond the rate has the client_id and retry_after_ms',
  async (kit) => {
    const [client, welcome] = await kit.hello({ username: kit.name('eva') });
    const { message_rate: rate, message_burst: burst } = welcome.limits as Record<string, number>;
    if (!rate || burst! > 200 || rate > 50) throw new Untried('the rate of messages is off or high');
    // Repeats count as messages, and store nothing.
    const repeat = { type: 'chat_message', client_id: kit.key(), message: kit.text() };
    for (let sent = 0; sent < burst! + 2 * rate; sent++) client.send(repeat);
    const limited = await client.expect('error RATE_LIMITED', ({ type }) => type === 'error');
    must(limited.code === 'RATE_LIMITED', `RATE_LIMITED; came ${JSON.stringify(limited.code)}`);
    must(limited.client_id === repeat.client_id, 'the client_id');
    must(Number(limited.retry_after_ms) > 0, `retry_after_ms; came ${JSON.stringify(limited.retry_after_ms)}`);
  },
]);
