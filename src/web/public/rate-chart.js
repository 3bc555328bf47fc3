/** Time span of the chart, in milliseconds. */
const SPAN_MS = 15 * 60_000;
const WIDTH = 240;
const HEIGHT = 48;
const SVG = 'http://www.w3.org/2000/svg';

/**
 * Messages per minute, from samples of the total: one bar between two samples, as wide as the time between them. A period without
 * samples is one wide bar with its average, without interpolation.
 */
export function openRate(place) {
  /** `{at, total}`, oldest first; one per request for the figures. */
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
    /** Returns the last rate and the highest one; both undefined until there are two samples. */
    add(total, now = Date.now()) {
      // A smaller total: the database is another one.
      if (samples.at(-1)?.total > total) samples = [];
      samples = [...samples.filter(({ at }) => at > now - SPAN_MS && at < now), { at: now, total }];
      return draw(now);
    },
  };
}
