const HISTORY = 100;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
/** Without an answer for this long a connection is dead, even if the browser has not noticed. */
const ANSWER_MS = 10_000;

/**
 * Every message once and in order, over as many connections as it takes. Tells its listener
 * `state(state, closeCode)`, `restart(messages)` (forget all, begin with these), `frame(frame)` and `error(text)`.
 */
export function openFeed(listener) {
  /** The connection in use; what an earlier one still brings is ignored. */
  let connection;
  let failures = 0;
  let retryTimer;
  /** The newest messages that were told. */
  const tail = [];

  function connect() {
    clearTimeout(retryTimer);
    const url = new URL('ws', location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    const socket = new WebSocket(url);
    const mine = (connection = { socket, lose });
    const stop = new AbortController();
    const tooLate = setTimeout(lose, ANSWER_MS);
    const live = [];
    let history;
    let beyondHistory = false;

    // The history is asked for once the socket is open, so that nothing falls between the two.
    socket.onopen = async () => {
      const messages = await fetchHistory(stop.signal).catch(() => lose());
      if (connection !== mine) return;
      clearTimeout(tooLate);
      history = messages;
      const told = countKnown(tail, history);
      if (told === 0) restart(history);
      else history.slice(told).forEach(tell);
      const chats = live.filter(isChat);
      const known = countKnown(history, chats);
      beyondHistory = known < chats.length;
      live.slice(known && live.indexOf(chats[known - 1]) + 1).forEach(tell);
      failures = 0;
      listener.state('connected');
    };
    socket.onmessage = ({ data }) => {
      if (connection !== mine) return;
      const frame = JSON.parse(data);
      if (frame.type === 'error') listener.error(frame.message);
      else if (isChat(frame) || frame.type === 'user_joined') receive(frame);
    };
    socket.onclose = ({ code }) => lose(code);

    /** A message can be in the history before its frame is here: frames are compared until one is not in it. */
    function receive(frame) {
      if (!history) live.push(frame);
      else if (beyondHistory || !isChat(frame)) tell(frame);
      else {
        live.push(frame);
        const chats = live.filter(isChat);
        beyondHistory = countKnown(history, chats) < chats.length;
        if (beyondHistory) tell(frame);
      }
    }

    function lose(code) {
      if (connection !== mine) return;
      connection = undefined;
      clearTimeout(tooLate);
      stop.abort();
      socket.close();
      listener.state('reconnecting', code);
      const delay = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures++);
      retryTimer = setTimeout(connect, delay * (0.5 + Math.random() / 2));
    }
  }

  function tell(frame) {
    if (isChat(frame)) tail.push(frame);
    if (tail.length > HISTORY) tail.shift();
    listener.frame(frame);
  }

  function restart(history) {
    tail.splice(0, tail.length, ...history);
    listener.restart(history);
  }

  connect();
  return {
    send: (frame) => connection?.socket.send(JSON.stringify(frame)),
    /** For one that found out that the connection is dead, or that it may work again. */
    lose: () => connection?.lose(),
    hurry: () => connection ?? connect(),
  };
}

/** In the form of live frames. */
async function fetchHistory(signal) {
  const response = await fetch(`api/messages/recent?limit=${HISTORY}`, { signal, cache: 'no-store' });
  if (!response.ok) throw new Error(`history: ${response.status}`);
  const { messages } = await response.json();
  return messages.map((message) => ({ ...message, type: 'chat_message', timestamp: `${message.timestamp}Z` }));
}

/** How many of `next` are in `shown` already, where the two overlap: live frames carry no id. */
export function countKnown(shown, next) {
  let longest = 0;
  let known = 0;
  for (let start = 1 - next.length; start < shown.length; start++) {
    const from = Math.max(start, 0);
    const to = Math.min(start + next.length, shown.length);
    let i = from;
    while (i < to && isSame(shown[i], next[i - start])) i++;
    if (i < to || to - from <= longest) continue;
    longest = to - from;
    known = to - start;
  }
  return known;
}

export function isChat(frame) {
  return frame.type === 'chat_message';
}

function isSame(a, b) {
  return a.username === b.username && a.message === b.message && a.timestamp === b.timestamp;
}
