const HISTORY = 100;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
/** Close codes of a server that has enough of this client, or of all. */
const POLICY = 1008;
const TOO_MANY = 4009;
/** A connection that does not answer for this long is dead, even if the browser has not noticed. */
const ANSWER_MS = 10_000;

/**
 * Every message once and in order, over as many connections as it takes. Tells its listener `state(state, closeCode)`,
 * `restart(messages)` (forget all, begin with these) and `frame(frame)`, and asks it for a `username()` to come under.
 */
export function openFeed(listener) {
  /** The id of the newest message that was told; undefined before there is a history. */
  let lastId;
  /** The connection in use; what an earlier one still brings is ignored. */
  let connection;
  let failures = 0;
  let retryTimer;

  function connect() {
    clearTimeout(retryTimer);
    const mine = (connection = { send, check, lose });
    const stop = new AbortController();
    let tooLate = setTimeout(lose, ANSWER_MS);
    let socket;
    let heartbeat;
    let retryMs;
    /** What comes while the history is loaded again. */
    let waiting;
    void open();

    async function open() {
      if (lastId === undefined && !(await loadHistory())) return;
      const url = new URL('ws', location.href);
      url.protocol = url.protocol.replace('http', 'ws');
      socket = new WebSocket(url, 'chat.v2');
      socket.onopen = () => send({ type: 'hello', username: listener.username(), after: lastId });
      socket.onmessage = ({ data }) => {
        clearTimeout(tooLate);
        tooLate = undefined;
        receive(JSON.parse(data));
      };
      socket.onclose = ({ code, reason }) => lose(code, reason);
    }

    function receive(frame) {
      if (connection !== mine) return;
      if (waiting) waiting.push(frame);
      else take(frame);
    }

    function take(frame) {
      if (frame.type === 'chat_message') {
        // The history can be a moment ahead of the feed.
        if (frame.id <= lastId) return;
        lastId = frame.id;
      }
      listener.frame(frame);
      if (frame.type === 'welcome') {
        heartbeat = setInterval(check, frame.heartbeat_seconds * 500);
        // It has never heard of what is shown here: another database.
        if (frame.last_id < lastId) void reload();
      } else if (frame.type === 'gap') {
        void reload();
      } else if (frame.type === 'replayed') {
        failures = 0;
        listener.state('connected');
      } else if (frame.type === 'pong') {
        if (frame.last_id > lastId) lose();
      } else if (frame.type === 'going_away') {
        retryMs = frame.reconnect_after_ms;
      }
    }

    async function reload() {
      waiting = [];
      if (!(await loadHistory())) return;
      const frames = waiting;
      waiting = undefined;
      frames.forEach(receive);
    }

    /** Whether there is one. Without, the connection is lost, and the next one begins with it. */
    async function loadHistory() {
      lastId = undefined;
      const timer = setTimeout(lose, ANSWER_MS);
      const messages = await fetchHistory(stop.signal).catch(() => lose());
      clearTimeout(timer);
      if (connection !== mine) return false;
      lastId = messages.at(-1)?.id ?? 0;
      listener.restart(messages);
      return true;
    }

    function send(frame) {
      socket.send(JSON.stringify(frame));
    }

    /** Asks for a sign of life, unless that is under way. */
    function check() {
      if (tooLate) return;
      tooLate = setTimeout(lose, ANSWER_MS);
      send({ type: 'ping' });
    }

    function lose(code, reason) {
      if (connection !== mine) return;
      connection = undefined;
      clearTimeout(tooLate);
      clearInterval(heartbeat);
      stop.abort();
      socket?.close();
      // Another attempt would fail as well.
      if (code === POLICY && reason === 'origin not allowed') return listener.state('reconnecting', code);
      const isTooMuch = code === POLICY || code === TOO_MANY;
      const wait = isTooMuch ? LAST_RETRY_MS : Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures++);
      retryTimer = setTimeout(connect, retryMs ?? wait * (0.5 + Math.random() / 2));
      listener.state('reconnecting', code === POLICY ? undefined : code);
    }
  }

  connect();
  return {
    get lastId() {
      return lastId;
    },
    send: (frame) => connection?.send(frame),
    /** For one that has reason to think that the connection is dead, or that it may work again. */
    hurry() {
      if (connection) return connection.check();
      // Otherwise each that is in vain would double the wait of somebody who is there.
      failures = 0;
      connect();
    },
  };
}

/** In the form of live frames. A page of long messages has fewer than asked for, and a link to the older ones. */
async function fetchHistory(signal) {
  const history = [];
  let url = `api/messages/recent?limit=${HISTORY}`;
  while (url) {
    const response = await fetch(url, { signal, cache: 'no-store' });
    if (!response.ok) throw new Error(`history: ${response.status}`);
    const { messages } = await response.json();
    history.unshift(...messages);
    const [, next] = /<([^>]+)>; rel="next"/.exec(response.headers.get('Link') ?? '') ?? [];
    url = next && new URL(next, response.url);
  }
  return history.map((message) => ({ ...message, type: 'chat_message', timestamp: `${message.timestamp}Z` }));
}
