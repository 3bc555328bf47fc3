import type { ClusterBus } from '../../cluster/cluster-bus';
import { AppError } from '../../platform/errors/app-error';
import type { Metrics } from '../../platform/metrics/metrics';
import type { ChangedMessage, ChangeOutcome } from '../../storage/message-change';
import type { Appended } from '../../storage/appended';
import type { StoredMessage } from '../../storage/stored-message';
import { COMMITTED } from '../feed/broadcast-batch';
import { CHANGED } from '../feed/broadcast-changes';
import type { AppendEntry, ChangeEntry } from './listeners';

/** The entries written in one transaction. */
export interface Batch {
  readonly appends: readonly AppendEntry[];
  readonly changes: readonly ChangeEntry[];
}

/**
 * Reports the outcome of a batch, first to the senders, then to the readers of every replica, so that an acknowledgement precedes
 * its message, and a message its changes. Must not know how it was written.
 */
export class Outcomes {
  constructor(
    private readonly bus: ClusterBus,
    private readonly metrics: Metrics,
  ) {}

  written({ appends, changes }: Batch, appended: Appended): void {
    const added = this.acknowledge(appends, appended);
    const changed = this.acknowledgeChanges(changes, appended.changes);
    if (added.length > 0) this.bus.publish(COMMITTED, added);
    if (changed.length > 0) this.bus.publish(CHANGED, changed);
    for (const { listener } of appends) listener.onDelivered();
    for (const { listener } of changes) listener.onDelivered();
  }

  refused({ appends, changes }: Batch): void {
    this.metrics.messages.inc({ result: 'failed' }, appends.length);
    this.metrics.changes.inc({ result: 'failed' }, changes.length);
    for (const { message, listener } of appends) listener.onRejected(message, new AppError('write_failed'));
    for (const { request, listener } of changes) listener.onChangeRejected(request, new AppError('write_failed'));
  }

  private acknowledge(batch: readonly AppendEntry[], { firstId, repeats, taken = [] }: Appended): StoredMessage[] {
    const added: StoredMessage[] = [];
    let nextRepeat = 0;
    let nextRejected = 0;
    // First: a rejection must not come between an acknowledgement and its message, nor behind later messages of its sender.
    for (const index of taken)
      batch[index]!.listener.onRejected(batch[index]!.message, new AppError('client_id_taken'));
    if (taken.length > 0) this.metrics.messages.inc({ result: 'client_id_taken' }, taken.length);
    for (const [index, { message, listener }] of batch.entries()) {
      if (taken[nextRejected] === index) {
        nextRejected++;
        continue;
      }
      const repeat = repeats[nextRepeat]?.index === index ? repeats[nextRepeat++] : undefined;
      if (repeat) {
        listener.onCommitted({ ...message, id: repeat.id, createdAt: repeat.createdAt });
        continue;
      }
      // Not a copy: recent messages stay in memory, and the garbage collector would move each one twice.
      message.id = firstId + added.length;
      added.push(message);
      listener.onCommitted(message);
    }
    if (added.length > 0) this.metrics.messages.inc({ result: 'stored' }, added.length);
    if (repeats.length > 0) this.metrics.messages.inc({ result: 'repeated' }, repeats.length);
    return added;
  }

  private acknowledgeChanges(entries: readonly ChangeEntry[], outcomes: readonly ChangeOutcome[] = []) {
    const changed: ChangedMessage[] = [];
    for (const [index, outcome] of outcomes.entries()) {
      const { request, listener } = entries[index]!;
      if ('refused' in outcome) {
        this.metrics.changes.inc({ result: outcome.refused });
        listener.onChangeRejected(request, new AppError(outcome.refused));
        continue;
      }
      if ('repeat' in outcome) {
        this.metrics.changes.inc({ result: 'repeated' });
        listener.onChanged(request, outcome.repeat, undefined);
        continue;
      }
      const { changeId } = outcome.changed;
      changed.push(outcome.changed);
      listener.onChanged(request, { changeId, at: request.at }, outcome.changed);
    }
    if (changed.length > 0) this.metrics.changes.inc({ result: 'stored' }, changed.length);
    return changed;
  }
}
