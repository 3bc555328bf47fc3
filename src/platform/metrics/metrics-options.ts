/** Who may read the figures, and where. */
export abstract class MetricsOptions {
  /** Bearer token that is required; empty: none. */
  abstract readonly token: string;
  /** Port of their own on `host`; 0: none. */
  abstract readonly port: number;
  abstract readonly host: string;
}
