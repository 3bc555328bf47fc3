const HISTORY = 100;
/** Beyond all changes: the answer has none, and says which is the newest. */
const BEYOND = Number.MAX_SAFE_INTEGER;

/**
 * The newest messages in the form of live frames, and where messages change, a change that they are not older than. It is asked
 * for first: what is changed meanwhile then comes twice, not never. @throws Error with the `status` and `text` of a refusal
 */
export async function fetchHistory(token, hasChanges, signal) {
  const get = async (url) => {
    const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
    const response = await fetch(url, { signal, headers, cache: 'no-store' });
    if (response.ok) return response;
    const { message } = await response.json().catch(() => ({}));
    throw Object.assign(new Error(`history: ${response.status}`), { status: response.status, text: message });
  };
  const lastChange = hasChanges ? await newestChange(get) : undefined;
  return { lastChange, messages: await newestMessages(get, hasChanges) };
}

async function newestChange(get) {
  const response = await get(`api/messages/changes?after=${BEYOND}&limit=1`);
  return (await response.json()).last_change_id;
}

/** A page of long messages has fewer than asked for, and a link to the older ones. */
async function newestMessages(get, hasChanges) {
  const history = [];
  let url = `api/messages/recent?limit=${HISTORY}${hasChanges ? '&view=full' : ''}`;
  while (url) {
    const response = await get(url);
    const { messages } = await response.json();
    history.unshift(...messages);
    const [, next] = /<([^>]+)>; rel="next"/.exec(response.headers.get('Link') ?? '') ?? [];
    url = next && new URL(next, response.url);
  }
  // The full form has its time as frames do.
  const utc = hasChanges ? '' : 'Z';
  return history.map((message) => ({ ...message, type: 'chat_message', timestamp: message.timestamp + utc }));
}
