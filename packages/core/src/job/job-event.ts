import type { ReportFields, SluiceError } from '@sluice/connector-sdk';
import type { WatermarkDelay } from '../time/watermark-delay.js';
import type { Guarantee } from './guarantee.js';
import type { Savepoint } from './job-options.js';

/** How a run ended. */
export interface JobResult {
  readonly status: 'finished' | 'stopped' | 'suspended' | 'cancelled';
  readonly savepoint?: Savepoint;
  readonly restarts: number;
}

/** What a job tells while it runs. */
export type JobEvent =
  | { readonly type: 'started'; readonly guarantee: Guarantee; readonly restoredFrom: number | undefined }
  /** Once a second while it runs, and when all input has arrived. `fraction` for bounded sources that know their size. */
  | {
      readonly type: 'progress';
      readonly elements: number;
      readonly elementsPerSecond: number;
      readonly watermark: number;
      readonly fraction: number | undefined;
      /** How long the rest takes at the speed of this run so far; known when the fraction is, and has grown. */
      readonly timeLeftMs: number | undefined;
    }
  /**
   * Some inputs of an operator (splits of a source, or the operators before a union or a join) have kept its event time back for the
   * job's `watermarkDelay`, and again each time they have for as long once more. Idle inputs do not: see `idleAfter`.
   */
  | ({ readonly type: 'watermarkDelayed' } & WatermarkDelay)
  | {
      readonly type: 'checkpointCompleted';
      readonly checkpoint: number;
      readonly durationMs: number;
      readonly bytes: number;
    }
  | { readonly type: 'checkpointFailed'; readonly checkpoint: number; readonly cause: SluiceError }
  /** A connector tells of something that is no failure, such as a partition taken away; its documentation names its events. */
  | { readonly type: 'reported'; readonly uid: string; readonly event: string; readonly fields: ReportFields }
  | { readonly type: 'restarting'; readonly attempt: number; readonly delayMs: number; readonly cause: unknown }
  | { readonly type: 'finished'; readonly result: JobResult };
