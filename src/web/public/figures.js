import { openRate } from './rate-chart.js';

/** Polling interval, in milliseconds; after failures up to sixteen times as long. */
const INTERVAL_MS = 15_000;
const LONGEST_FACTOR = 16;

/**
 * The live figures of the side panel. Polls the server only while connected and visible, one request at a time. `request(path)`
 * resolves with the answer's body.
 */
export function openFigures(panel, { texts, language, isConnected, request }) {
  const shown = Object.fromEntries([...panel.querySelectorAll('[data-figure]')].map((it) => [it.dataset.figure, it]));
  const chart = openRate(panel.querySelector('.rate'));
  let stats;
  let rate = {};
  let timer;
  let failures = 0;
  let isAsking = false;
  let askedAt = -Infinity;

  async function ask() {
    if (isAsking) return;
    isAsking = true;
    askedAt = Date.now();
    try {
      stats = await request('api/messages/stats');
      rate = chart.add(stats.total_messages);
      failures = 0;
      render();
    } catch {
      // The last figures stay; the state of the connection is shown elsewhere.
      failures++;
    }
    isAsking = false;
    plan();
  }

  function plan() {
    clearTimeout(timer);
    if (document.hidden || !isConnected() || !panel.checkVisibility()) return;
    const wait = INTERVAL_MS * Math.min(LONGEST_FACTOR, 2 ** failures);
    timer = setTimeout(() => void ask(), Math.max(0, askedAt + wait - Date.now()));
  }

  function render() {
    const number = (value, digits = 0) =>
      value === undefined ? '–' : new Intl.NumberFormat(language(), { maximumFractionDigits: digits }).format(value);
    const { most_active_user: most } = stats ?? {};
    shown.rate.textContent = number(rate.last, 1);
    shown.today.textContent = number(stats?.messages_today);
    shown.total.textContent = number(stats?.total_messages);
    shown.users.textContent = number(stats?.total_users);
    shown.most.textContent = most ? most.username : '–';
    shown['most-count'].textContent = most ? number(most.message_count) : '';
    const label =
      rate.last === undefined ? texts().noRate : texts().rateLabel(number(rate.last, 1), number(rate.most, 1));
    panel.querySelector('.rate').setAttribute('aria-label', label);
  }

  document.addEventListener('visibilitychange', plan);
  new ResizeObserver(plan).observe(panel);

  return {
    render,
    /** To be called when the state of the connection changes. */
    plan,
  };
}
