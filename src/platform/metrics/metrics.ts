import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The process metrics of `prom-client`. Shared by all apps in the process, as its timer and its observer cannot be stopped. */
let ofProcess: Registry | undefined;

function processMetrics(): Registry {
  if (!ofProcess) collectDefaultMetrics({ register: (ofProcess = new Registry()) });
  return ofProcess;
}

/**
 * The server's Prometheus metrics: counters and histograms that other modules update, and gauges that they register. Every
 * label has a small, fixed set of values. Must not know the modules.
 */
@Injectable()
export class Metrics {
  private readonly registry = new Registry();
  private readonly registers = [this.registry];

  readonly messages = new Counter({
    name: 'chat_messages_total',
    help: 'Messages received, by result',
    labelNames: ['result'] as const,
    registers: this.registers,
  });
  readonly changes = new Counter({
    name: 'chat_changes_total',
    help: 'Edits and deletions received, by result',
    labelNames: ['result'] as const,
    registers: this.registers,
  });
  readonly batchSize = new Histogram({
    name: 'chat_batch_messages',
    help: 'Messages in a committed batch',
    buckets: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000],
    registers: this.registers,
  });
  readonly commits = new Counter({
    name: 'chat_sqlite_commits_total',
    help: 'Batches committed to SQLite, by thread: `main` while the disk is fast, else `writer`',
    labelNames: ['thread'] as const,
    registers: this.registers,
  });
  readonly commitSeconds = new Histogram({
    name: 'chat_commit_seconds',
    help: 'Seconds from handing a batch to the writer until it is durable',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5],
    registers: this.registers,
  });
  readonly deliveries = new Counter({
    name: 'chat_deliveries_total',
    help: 'Messages written to live readers',
    labelNames: ['encoding'] as const,
    registers: this.registers,
  });
  readonly deliveredBytes = new Counter({
    name: 'chat_delivered_bytes_total',
    help: 'Bytes of messages written to live readers',
    labelNames: ['encoding'] as const,
    registers: this.registers,
  });
  readonly catchUps = new Counter({
    name: 'chat_catch_ups_total',
    help: 'Times a reader had to be caught up from the log, by reason',
    labelNames: ['reason'] as const,
    registers: this.registers,
  });
  readonly closed = new Counter({
    name: 'chat_connections_closed_total',
    help: 'Connections closed by the server, by cause',
    labelNames: ['cause'] as const,
    registers: this.registers,
  });
  readonly refusals = new Counter({
    name: 'chat_refused_frames_total',
    help: 'Frames answered with an error, by its code',
    labelNames: ['code'] as const,
    registers: this.registers,
  });
  readonly limited = new Counter({
    name: 'chat_limited_total',
    help: 'Refusals and waits because a client or its address exceeded a limit, by limit; frames only wait and are not counted',
    labelNames: ['limit'] as const,
    registers: this.registers,
  });
  readonly authentications = new Counter({
    name: 'chat_auth_total',
    help: 'Access tokens that were checked, by result; one whose identity is remembered is not checked again',
    labelNames: ['result'] as const,
    registers: this.registers,
  });
  readonly moderation = new Counter({
    name: 'chat_moderation_actions_total',
    help: 'Actions of moderators, by action',
    labelNames: ['action'] as const,
    registers: this.registers,
  });
  readonly moderationRefusals = new Counter({
    name: 'chat_moderation_refusals_total',
    help: 'Frames, requests and connections refused: muted, banned, or too early in slow mode',
    labelNames: ['cause'] as const,
    registers: this.registers,
  });
  readonly faults = new Counter({
    name: 'chat_faults_total',
    help: 'Internal faults, by place; a fault that persists has one line in the log',
    labelNames: ['where'] as const,
    registers: this.registers,
  });
  readonly busMessages = new Counter({
    name: 'chat_bus_messages_total',
    help: 'Messages between replicas: sent, received, dropped before sending, refused as forged or repeated, unmet while the sender has not proven that it runs',
    labelNames: ['direction'] as const,
    registers: this.registers,
  });
  readonly busLosses = new Counter({
    name: 'chat_bus_losses_total',
    help: 'Times the connection between replicas was lost',
    registers: this.registers,
  });
  readonly feedReads = new Counter({
    name: 'chat_feed_reads_total',
    help: 'Pages of messages read from the database because they did not arrive over the bus in time',
    registers: this.registers,
  });
  readonly httpSeconds = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'HTTP requests by method, route and status',
    labelNames: ['method', 'route', 'status_code'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 2.5],
    registers: this.registers,
  });

  constructor() {
    // Measure from startup, not from the first scrape.
    processMetrics();
  }

  /** All metrics in the text format of Prometheus. */
  text(): Promise<string> {
    return Registry.merge([processMetrics(), this.registry]).metrics();
  }

  /** Registers a gauge that is read at each scrape. */
  gauge(name: string, help: string, read: () => number | Promise<number>): void {
    new Gauge({
      name,
      help,
      registers: this.registers,
      async collect() {
        this.set(await read());
      },
    });
  }

  /** Registers a constant 1 whose labels describe the process. */
  info(name: string, help: string, labels: Readonly<Record<string, string>>): void {
    new Gauge({ name, help, labelNames: Object.keys(labels), registers: this.registers }).set(labels, 1);
  }

  /** Registers a gauge with one label, read at each scrape: a figure per value of the label. */
  gaugeBy(name: string, help: string, label: string, read: () => Record<string, number>): void {
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: this.registers,
      collect() {
        for (const [value, figure] of Object.entries(read())) this.set({ [label]: value }, figure);
      },
    });
  }
}
