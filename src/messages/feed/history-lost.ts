import type { Metrics } from '../../platform/metrics/metrics';

/**
 * The database lost stored messages: a lagging standby took over, or a backup was restored. This process remembers another
 * history, and would drop new messages as known. Ends the process, past every caller, so that clients resume on what the database
 * has.
 */
export function historyLost(metrics: Metrics, cause: string, newest: string): void {
  metrics.faults.inc({ where: 'feed' });
  const error = new Error(
    `the database lost messages: ${cause}, but ${newest} was delivered; the process ends, so that clients resume on what the database has`,
  );
  queueMicrotask(() => {
    throw error;
  });
}
