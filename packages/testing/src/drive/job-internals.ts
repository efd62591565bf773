import { type CheckpointStorage, type Clock, type Sink, SluiceError, type Source } from '@sluice/connector-sdk';
import type { Job } from '@sluice/core';

/** Points between two steps of a checkpoint, at which a run can be crashed. */
export type CheckpointPoint = 'afterBarrier' | 'afterPrepare' | 'afterStateWritten' | 'afterPublish' | 'afterCommit';

export const CHECKPOINT_POINTS: readonly CheckpointPoint[] = [
  'afterBarrier',
  'afterPrepare',
  'afterStateWritten',
  'afterPublish',
  'afterCommit',
];

/** How long a loop goes on before it lets others in. */
export interface Pace {
  readonly stride: number;
  begin(): void;
  over(): boolean;
  beginAside(): void;
  asideOver(): boolean;
  pause(): Promise<void>;
}

/** What stands between a run and its plugins. */
export interface PluginLayer {
  storage(storage: CheckpointStorage): CheckpointStorage;
  source(source: Source<unknown>): Source<unknown>;
  sink(sink: Sink<unknown>): Sink<unknown>;
}

/** What a run takes from outside. */
export interface JobRuntime {
  readonly clock: Clock;
  createPace(): Pace;
  random(): number;
  at(point: CheckpointPoint): Promise<void>;
  readonly plugins: PluginLayer;
}

/** What the engine lets this package do with a job; no part of its API. */
export interface JobInternals {
  readonly definition: {
    readonly options: { readonly checkpoints: object | undefined };
    readonly graph: {
      readonly nodes: readonly { readonly role: { readonly type: string; readonly source?: unknown } }[];
    };
  };
  use(runtime: JobRuntime): void;
  requestCheckpoint(): void;
  abandon(): void;
}

const INTERNALS = Symbol.for('@sluice/core/job');

export function internalsOf(job: Job): JobInternals {
  const internals = (job as { [INTERNALS]?: JobInternals } | undefined)?.[INTERNALS];
  if (internals !== undefined) return internals;
  throw new SluiceError({
    code: 'SLUICE_DRIVE',
    component: 'drive',
    expected: 'a job that createJob made',
    actual: job === null ? 'null' : typeof job,
    remedy: 'give it what createJob returns',
  });
}
