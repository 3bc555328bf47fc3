/** Token and address for reading the metrics. */
export abstract class MetricsOptions {
  /** The required bearer token; empty: none. */
  abstract readonly token: string;
  /** Separate port on `host`; 0: none. */
  abstract readonly port: number;
  abstract readonly host: string;
}
