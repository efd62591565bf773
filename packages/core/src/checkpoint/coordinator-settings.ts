import type { CheckpointLease, Clock, SluiceError } from '@sluice/connector-sdk';
import type { CapturedState, PreparedSink } from '../stream/barrier.js';
import type { ManifestSplit } from './manifest.js';

/** What a barrier brought back from the whole graph. */
export interface Wave {
  /** By the uid of the source. */
  readonly sources: ReadonlyMap<string, readonly ManifestSplit[]>;
  readonly states: readonly CapturedState[];
  readonly sinks: readonly PreparedSink[];
}

/** The running graph, as far as checkpoints are concerned. */
export interface CheckpointTarget {
  /**
   * Sends a barrier through the graph; resolves when it has passed everywhere. With `chained`, which says for each uid whether changes
   * will do, the states join their chains.
   */
  wave(checkpoint: number, chained: ((uid: string) => boolean) | undefined): Promise<Wave>;
  /** The bytes of a captured state, encoded in slices beside the stream. */
  encode(state: CapturedState): AsyncIterable<Uint8Array>;
  /** The checkpoint is complete: sources publish their positions. */
  completed(checkpoint: number, wave: Wave): Promise<void>;
  /** Nothing before `oldest` is kept any more, but for savepoints: sinks may forget what proves commits for it. */
  retained(oldest: number, savepoints: readonly number[]): Promise<void>;
  /** Older checkpoints could not be removed after this one: that is tried again after the next. */
  notRemoved(checkpoint: number, cause: unknown): void;
}

/** Points between two steps of a checkpoint, at which a test may crash a run. */
export type CheckpointPoint = 'afterBarrier' | 'afterPrepare' | 'afterStateWritten' | 'afterPublish' | 'afterCommit';

/** What a coordinator is made of. */
export interface CoordinatorSettings {
  readonly job: string;
  readonly incarnation: string;
  readonly epoch: number;
  readonly maxParallelism: number;
  /** Undefined: nothing is kept, barriers only make sinks commit from time to time. */
  readonly lease: CheckpointLease | undefined;
  readonly clock: Clock;
  readonly target: CheckpointTarget;
  /** Milliseconds between the beginnings of two checkpoints. */
  readonly interval: number;
  readonly minPause: number;
  readonly timeout: number;
  /** Consecutive failures that do not fail the run. */
  readonly tolerableFailures: number;
  readonly retained: number;
  /** States are written as what changed since the checkpoint before. */
  readonly incremental: boolean;
  /** The id of the newest checkpoint that there was. */
  readonly newest: number;
  onCompleted(checkpoint: number, durationMs: number, bytes: number): void;
  onFailed(checkpoint: number, cause: SluiceError): void;
  /** Called between two steps. */
  at(point: CheckpointPoint): Promise<void>;
}
