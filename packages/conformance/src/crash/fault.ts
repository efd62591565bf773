/** Between two steps, or in the middle of one. `before-` and `after-` are where nothing of the step is under way. */
export type CrashPoint = `${'before' | 'during' | 'after'}-${string}`;

/** What happens to a process at the `nth` time that it reaches a point, counted from 1. */
export interface Fault {
  /** `kill`: SIGKILL, `delay` ms later. `hold`: it stops there (SIGSTOP), until it is told to go on. `suspend`: the job is told to stop where it is. */
  readonly kind: 'kill' | 'hold' | 'suspend';
  readonly point: CrashPoint;
  readonly nth: number;
  readonly delay: number;
}

/** One start of the pipeline. */
export interface RunPlan {
  readonly faults: readonly Fault[];
  /** How often the job starts itself again. */
  readonly restarts: number;
  /** Ids of the items are below it. */
  readonly count: number;
  /** ms after which an endless job is stopped even though items are missing. */
  readonly patience: number;
  /** Nothing is expected any more: how long an endless job runs on, in ms. */
  readonly quiet: number;
}

/** What a child process is told. */
export type ChildOrder =
  | { readonly type: 'run'; readonly place: { readonly id: string; readonly folder: string }; readonly plan: RunPlan }
  | {
      readonly type: 'open-and-close';
      readonly place: { readonly id: string; readonly folder: string };
      readonly limit: number;
    }
  | { readonly type: 'goOn' };

/** What it tells. */
export type ChildNews =
  | { readonly type: 'ready' }
  | { readonly type: 'held' }
  | { readonly type: 'finished' }
  | { readonly type: 'failed'; readonly text: string }
  /** Resources that are open, by kind, after each of several rounds. */
  | { readonly type: 'open'; readonly rounds: readonly Readonly<Record<string, number>>[] };
