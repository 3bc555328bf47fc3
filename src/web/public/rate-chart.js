/** How far back the chart shows, in milliseconds. */
const SPAN_MS = 15 * 60_000;
const WIDTH = 240;
const HEIGHT = 48;
const SVG = 'http://www.w3.org/2000/svg';

/**
 * Messages a minute, from how many there were at several times: one bar between two of them, as wide as the time between. What
 * happened while nobody looked is one broad bar with its average, and nothing is made up.
 */
export function openRate(place) {
  /** `{at, total}`, oldest first; one each time the figures are asked for. */
  let samples = [];

  function bars() {
    return samples.slice(1).map(({ at, total }, i) => {
      const before = samples[i];
      return { from: before.at, to: at, rate: ((total - before.total) / (at - before.at)) * 60_000 };
    });
  }

  function draw(now) {
    const all = bars();
    const most = Math.max(1, ...all.map(({ rate }) => rate));
    const x = (at) => Math.max(0, WIDTH * (1 - (now - at) / SPAN_MS));
    place.replaceChildren(
      ...all.map(({ from, to, rate }) => {
        const bar = document.createElementNS(SVG, 'rect');
        const height = rate === 0 ? 0 : Math.max(1, (HEIGHT * rate) / most);
        const box = { x: x(from), y: HEIGHT - height, width: Math.max(1, x(to) - x(from) - 0.5), height };
        for (const [name, value] of Object.entries(box)) bar.setAttribute(name, value.toFixed(1));
        return bar;
      }),
    );
    return { last: all.at(-1)?.rate, most: all.length ? Math.max(...all.map(({ rate }) => rate)) : undefined };
  }

  place.setAttribute('viewBox', `0 0 ${WIDTH} ${HEIGHT}`);
  place.setAttribute('preserveAspectRatio', 'none');

  return {
    /** Returns the last rate and the highest one; both undefined until there are two numbers to compare. */
    add(total, now = Date.now()) {
      // The database is another one.
      if (samples.at(-1)?.total > total) samples = [];
      samples = [...samples.filter(({ at }) => at > now - SPAN_MS && at < now), { at: now, total }];
      return draw(now);
    },
  };
}
