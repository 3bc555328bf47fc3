import { fetchHistory } from './history.js';

const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
/** Close codes of a server that has enough of this client, or of all. */
const POLICY = 1008;
const TOO_MANY = 4009;
/** Close codes of a server that wants another token, or never this client again. */
const UNAUTHORIZED = 4401;
const FORBIDDEN = 4403;
const REFUSALS = { UNAUTHORIZED, FORBIDDEN };
/** A connection that does not answer for this long is dead, even if the browser has not noticed. */
const ANSWER_MS = 10_000;

/**
 * Every message once and in order, and what became of it, over as many connections as it takes. Tells its listener
 * `state(state, closeCode, text)`, `restart(messages)` (forget all, begin with these) and `frame(frame)`, and asks it for a
 * `username()` to come under. `signIn` has the token of each connection.
 */
export function openFeed(listener, signIn) {
  /** The id of the newest message that was told; undefined before there is a history. */
  let lastId;
  /** The newest change that was told, and the database that both count in; only where messages change. */
  let lastChange;
  let epoch;
  /** The connection in use; what an earlier one still brings is ignored. */
  let connection;
  let failures = 0;
  let retryTimer;
  /** The server wants another token, or nothing more of this client: another attempt would fail as well. */
  let isParked = false;

  function connect() {
    clearTimeout(retryTimer);
    const mine = (connection = { send, check, drop });
    const stop = new AbortController();
    let tooLate = setTimeout(lose, ANSWER_MS);
    let socket;
    let token;
    let heartbeat;
    let retryMs;
    let isWelcome = false;
    /** What the server said about this client, not about a frame of it. */
    let refusal;
    /** What comes while the history is loaded again. */
    let waiting;
    void open();

    async function open() {
      token = await signIn.token().catch(() => lose());
      if (connection !== mine) return;
      if (token === null) return turnAway(UNAUTHORIZED);
      if (lastId === undefined && !(await loadHistory())) return;
      const url = new URL('ws', location.href);
      url.protocol = url.protocol.replace('http', 'ws');
      socket = new WebSocket(url, 'chat.v2');
      socket.onopen = () => send({ type: 'hello', ...whoIAm(), after: lastId, ...whatIKnow() });
      socket.onmessage = ({ data }) => {
        clearTimeout(tooLate);
        tooLate = undefined;
        receive(JSON.parse(data));
      };
      socket.onclose = ({ code, reason }) => lose(code, reason);
    }

    /** In a frame, not in the handshake, which proxies log. */
    function whoIAm() {
      return token === undefined ? { username: listener.username() } : { token };
    }

    function whatIKnow() {
      return signIn.access.changes ? { after_change: lastChange, epoch: epoch ?? '' } : {};
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
      } else if (frame.type === 'message_changed') {
        if (frame.change_id <= lastChange) return;
        lastChange = frame.change_id;
      } else if (frame.type === 'error' && frame.client_id === undefined) {
        refusal = frame;
        if (!isWelcome && turnsAway(frame)) return;
      }
      if (frame.type === 'welcome') {
        isWelcome = true;
        signIn.accepted(token);
      }
      listener.frame(frame);
      if (frame.type === 'welcome') {
        heartbeat = setInterval(check, frame.heartbeat_seconds * 500);
        const isOther = epoch !== undefined && frame.epoch !== epoch;
        epoch = frame.epoch;
        // It has never heard of what is shown here: another database.
        if (isOther || frame.last_id < lastId) void reload();
      } else if (frame.type === 'gap') {
        void reload();
      } else if (frame.type === 'replayed') {
        failures = 0;
        reach(frame);
        listener.state('connected');
      } else if (frame.type === 'pong') {
        reach(frame);
        if (frame.last_id > lastId) lose();
      } else if (frame.type === 'going_away') {
        retryMs = frame.reconnect_after_ms;
      }
    }

    /** Of several changes of a message only the newest is sent. */
    function reach({ last_change_id: id }) {
      if (id > lastChange) lastChange = id;
    }

    /** Whether `hello` itself was refused; the server would leave the connection open. */
    function turnsAway({ code, retry_after_ms }) {
      if (REFUSALS[code]) lose(REFUSALS[code]);
      else if (code === 'SERVICE_UNAVAILABLE' || code === 'RATE_LIMITED') {
        retryMs = retry_after_ms;
        lose();
      } else return false;
      return true;
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
      lastId = lastChange = undefined;
      const timer = setTimeout(lose, ANSWER_MS);
      const history = await fetchHistory(token, signIn.access.changes, stop.signal).catch(({ status, text }) => {
        refusal = text && { message: text };
        lose({ 401: UNAUTHORIZED, 403: FORBIDDEN }[status]);
      });
      clearTimeout(timer);
      if (connection !== mine) return false;
      lastId = history.messages.at(-1)?.id ?? 0;
      lastChange = history.lastChange;
      listener.restart(history.messages);
      return true;
    }

    function send(frame) {
      socket?.send(JSON.stringify(frame));
    }

    /** Asks for a sign of life, unless that is under way. */
    function check() {
      if (tooLate) return;
      tooLate = setTimeout(lose, ANSWER_MS);
      send({ type: 'ping' });
    }

    function drop() {
      connection = undefined;
      clearTimeout(tooLate);
      clearInterval(heartbeat);
      stop.abort();
      socket?.close();
    }

    function lose(code, reason) {
      if (connection !== mine) return;
      if (code === UNAUTHORIZED || code === FORBIDDEN) return turnAway(code);
      drop();
      // Another attempt would fail as well.
      if (code === POLICY && reason === 'origin not allowed') return listener.state('reconnecting', code);
      const isTooMuch = code === POLICY || code === TOO_MANY;
      comeBack(isTooMuch ? LAST_RETRY_MS : undefined, code === POLICY ? undefined : code);
    }

    async function turnAway(code) {
      drop();
      isParked = true;
      const next = code === UNAUTHORIZED ? await signIn.refused(token) : 'never';
      if (next === 'never') return listener.state('parked', code, refusal?.message);
      isParked = false;
      if (next === 'again') connect();
      else comeBack();
    }

    function comeBack(wait = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures++), code) {
      retryTimer = setTimeout(connect, retryMs ?? wait * (0.5 + Math.random() / 2));
      listener.state('reconnecting', code);
    }
  }

  function resume() {
    isParked = false;
    failures = 0;
    connect();
  }

  connect();
  return {
    resume,
    /** For good: nothing more is sent, and nothing more is heard. */
    stop() {
      isParked = true;
      connection?.drop();
    },
    get lastId() {
      return lastId;
    },
    send: (frame) => connection?.send(frame),
    /** For one that has reason to think that the connection is dead, or that it may work again. */
    hurry() {
      if (connection) return connection.check();
      // Otherwise each that is in vain would double the wait of somebody who is there.
      if (!isParked) resume();
    },
  };
}
