import type { CapturedState, PreparedSink } from '../stream/barrier.js';
import type { Barrier } from '../stream/element.js';

/** A barrier that keeps what operators and sinks hand it. */
export class BarrierCollector implements Barrier {
  readonly states: CapturedState[] = [];
  readonly sinks: PreparedSink[] = [];

  constructor(
    readonly checkpoint: number,
    /** Told at each capture, while everything is as it was captured. */
    private readonly captured: (uid: string) => void = () => {},
    /** Says for a uid whether changes will do; left out, no state joins its chain. */
    private readonly chained?: (uid: string) => boolean,
  ) {}

  capture(state: CapturedState): void {
    this.states.push(state);
    if (this.chained !== undefined) state.chain?.join(this.chained(state.uid));
    this.captured(state.uid);
  }

  prepare(sink: PreparedSink): void {
    // Looked at in its turn; a rejection before that is not unhandled.
    sink.prepared.catch(() => {});
    sink.state.catch(() => {});
    this.sinks.push(sink);
  }
}
