import type { Duration } from '@sluice/connector-sdk';
import type { PluginCall } from '../drive/calls.js';

/** Something that goes wrong with a source, a sink or the storage of a job, and where: a plan is a list of them. */
export interface PlannedFault {
  readonly at: PluginCall;
  /** Only of the source, sink or storage of this name. */
  readonly of?: string;
  /** Only for this checkpoint: at `sink.prepare`, `storage.publish` and `source.publish`. */
  readonly checkpoint?: number;
  /** The so many-th of these calls, over all runs; the first when left out. */
  readonly nth?: number;
  /** So many of them, one after the other; 1 when left out. */
  readonly times?: number;
  /**
   * `fail`: it is not done. `failAfter`: it is done, and the job is told that it failed. `delay`: it begins later by `for`, `delayAfter`:
   * the job hears of it later by that. `repeat`: it is done twice; for commits and notices.
   */
  readonly does: 'fail' | 'failAfter' | 'delay' | 'delayAfter' | 'repeat';
  /** Of a delay; 1 second when left out. */
  readonly for?: Duration;
}
