import type { Measurement } from '../figures';
import { median } from '../statistics';
import { TARGETS } from '../targets';
import type { Machine } from './machine';

const WIDTH = 760;
const LABELS_WIDTH = 110;
const VALUES_WIDTH = 80;
const BAR = 16;
const GAP = 22;
const TOP = 70;

/** The main table as bars: CPU time per million deliveries, on a logarithmic scale, in light and dark. */
export function chart(measurements: readonly Measurement[], { cpu, cores, node }: Machine, date: string): string {
  const bars = measurements.filter(({ suite, rounds }) => suite === 'fanout' && rounds.cpuPerMillion?.length);
  const values = bars.map(({ rounds }) => median(rounds.cpuPerMillion!));
  const least = 10 ** Math.floor(Math.log10(Math.min(...values)));
  const most = Math.max(...values);
  const scale = (WIDTH - LABELS_WIDTH - VALUES_WIDTH) / Math.log10(most / least);

  let y = TOP;
  const parts: string[] = [];
  let lastCase = '';
  bars.forEach((bar, i) => {
    if (bar.case !== lastCase) {
      y += GAP;
      parts.push(`<text x="0" y="${y}" class="case">${bar.case}</text>`);
      y += 6;
      lastCase = bar.case;
    }
    const length = Math.max(2, Math.log10(values[i]! / least) * scale).toFixed(1);
    const title = TARGETS.find(({ name }) => name === bar.target)?.title ?? bar.target;
    parts.push(
      `<text x="${LABELS_WIDTH - 8}" y="${y + 12}" text-anchor="end">${title}</text>`,
      `<rect x="${LABELS_WIDTH}" y="${y}" width="${length}" height="${BAR - 3}" class="${bar.target}"/>`,
      `<text x="${LABELS_WIDTH + Number(length) + 6}" y="${y + 12}">${values[i]!.toFixed(2)}</text>`,
    );
    y += BAR;
  });
  const height = y + GAP;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="CPU seconds per million deliveries">
<style>
text { font: 12px system-ui, sans-serif; fill: #333 }
.title { font-size: 15px; font-weight: 600 }
.case { font-weight: 600 }
rect { fill: #a8b3c2 }
rect.chat { fill: #1f6feb }
rect.limit { fill: #7d8590 }
@media (prefers-color-scheme: dark) { text { fill: #ddd } rect { fill: #57606a } rect.chat { fill: #58a6ff } }
</style>
<text x="0" y="18" class="title">CPU seconds of the server per million deliveries (less is better, logarithmic)</text>
<text x="0" y="38">M readers, S senders, W messages in flight each</text>
<text x="0" y="55">${date} · ${cpu}, ${cores} cores · Node ${node}</text>
${parts.join('\n')}
</svg>
`;
}
