import type { PluginContext } from '@sluice/connector-sdk';
import type { Overflow } from '../graph/node.js';

/** Milliseconds between two reports. */
const BETWEEN = 1_000;

/** Counts elements that were dropped, and reports them from time to time. */
export class DropReport {
  private readonly counter: { add(delta?: number): void };
  private unreported = 0;
  private reportedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly context: PluginContext,
    private readonly overflow: Overflow,
  ) {
    this.counter = context.metrics.counter(
      'sluice_observable_dropped_total',
      'Elements of a source that cannot wait, dropped because its buffer was full',
    );
  }

  dropped(): void {
    this.counter.add();
    this.unreported++;
    if (this.context.clock.now() - this.reportedAt >= BETWEEN) this.report();
  }

  /** Says what has not been said yet. */
  report(): void {
    if (this.unreported === 0) return;
    this.reportedAt = this.context.clock.now();
    this.context.report('elementsDropped', { overflow: this.overflow, elements: this.unreported });
    this.unreported = 0;
  }
}
