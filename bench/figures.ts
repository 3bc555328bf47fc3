/** All measured figures: title, unit, and which direction is better. */
export const FIGURES = {
  cpuPerMillion: { title: 'CPU s/10⁶ deliveries', digits: 3, better: 'lower' },
  deliveriesPerSecond: { title: 'deliveries/s', digits: 0, better: 'higher' },
  generatorCpuPerMillion: { title: 'generator CPU s/10⁶', digits: 3, better: 'lower' },
  overtaken: { title: 'out of order', digits: 0, better: 'lower' },
  cpuPerMessage: { title: 'CPU µs/message', digits: 1, better: 'lower' },
  messagesPerSecond: { title: 'messages/s', digits: 0, better: 'higher' },
  cpuPerCheck: { title: 'CPU ms/check', digits: 3, better: 'lower' },
  p50: { title: 'p50 ms', digits: 2, better: 'lower' },
  p99: { title: 'p99 ms', digits: 2, better: 'lower' },
  editP99: { title: 'p99 ms of an edit', digits: 2, better: 'lower' },
  longest: { title: 'longest ms', digits: 1, better: 'lower' },
  disturbance: { title: 'p99 by quiet p99', digits: 2, better: 'lower' },
  quietP50: { title: 'quiet p50', digits: 2, better: 'lower' },
  quietP99: { title: 'quiet p99', digits: 2, better: 'lower' },
  cpuPercent: { title: 'CPU %', digits: 0, better: 'lower' },
  grownMib: { title: 'MiB more', digits: 0, better: 'lower' },
  peakMib: { title: 'MiB at most', digits: 0, better: 'lower' },
  storedPerSecond: { title: 'its messages/s', digits: 0, better: 'lower' },
  refused: { title: 'refusals', digits: 0, better: 'lower' },
  opened: { title: 'connections', digits: 0, better: 'lower' },
  closed: { title: 'of them ended', digits: 0, better: 'higher' },
  newcomerMs: { title: 'newcomer ms', digits: 1, better: 'lower' },
  cpuPerArrival: { title: 'CPU ms/arrival', digits: 3, better: 'lower' },
  cpuSeconds: { title: 'CPU s', digits: 2, better: 'lower' },
  resumeSeconds: { title: 'all resumed s', digits: 2, better: 'lower' },
  welcomeSeconds: { title: 'all welcome s', digits: 2, better: 'lower' },
  cpuPerHeartbeat: { title: 'CPU ms/heartbeat', digits: 0, better: 'lower' },
  loopDelayP99: { title: 'loop delay p99 ms', digits: 1, better: 'lower' },
  connectionsPerSecond: { title: 'connections/s', digits: 0, better: 'higher' },
  cpuPerConnection: { title: 'CPU ms/connection', digits: 3, better: 'lower' },
  kibPerConnection: { title: 'KiB/connection', digits: 2, better: 'lower' },
  requestsPerSecond: { title: 'requests/s', digits: 0, better: 'higher' },
  cpuPerRequest: { title: 'CPU ms/request', digits: 3, better: 'lower' },
  startMs: { title: 'start ms', digits: 0, better: 'lower' },
  residentMib: { title: 'resident MiB', digits: 1, better: 'lower' },
  mostMib: { title: 'with garbage, at most', digits: 1, better: 'lower' },
} as const satisfies Record<string, { title: string; digits: number; better: 'lower' | 'higher' }>;

export type FigureName = keyof typeof FIGURES;
export type Sample = Partial<Record<FigureName, number>>;

/** One server in one case: for each figure, one value per round. */
export interface Measurement {
  readonly suite: string;
  readonly case: string;
  readonly target: string;
  readonly rounds: Partial<Record<FigureName, readonly number[]>>;
  /** Why values are missing. */
  readonly failure?: string;
}
