import type { Fault, Mistake, Point } from './faults/fault.js';
import type { Pace } from './workload/payment-source.js';
import type { InputSpec } from './workload/payments.js';
import type { Mode, SinkPlace } from './workload/tables.js';

/** Everything that a process of the job has to know. */
export interface WorkerPlan {
  readonly job: string;
  readonly place: SinkPlace;
  readonly mode: Mode;
  /** Where checkpoints are kept: a folder, or the database of the rows. */
  readonly checkpoints: { readonly folder: string } | 'postgres';
  /** ms between checkpoints. */
  readonly interval: number;
  readonly input: InputSpec;
  readonly pace: Pace;
  /** How often the process starts the job again by itself. */
  readonly restarts: number;
  readonly fault?: Fault | undefined;
  readonly mistake?: Mistake | undefined;
}

/** What a process of the job tells, or is told. */
export type WorkerMessage =
  | { readonly type: 'loaded' }
  | { readonly type: 'started' }
  | { readonly type: 'read'; readonly count: number }
  | { readonly type: 'checkpoint'; readonly checkpoint: number }
  /** It waits at its place, see `Fault`. */
  | { readonly type: 'held'; readonly point: Point }
  /** Something was done to it, and it goes on. */
  | { readonly type: 'struck'; readonly what: string }
  /** After garbage was collected, in bytes. */
  | { readonly type: 'memory'; readonly heapUsed: number }
  | { readonly type: 'restarting'; readonly codes: readonly string[] }
  | { readonly type: 'finished' }
  /** `codes`: those of the error and of its causes, outermost first. */
  | { readonly type: 'failed'; readonly codes: readonly string[]; readonly text: string };

export type ParentMessage<Plan = WorkerPlan> =
  | { readonly type: 'run'; readonly plan: Plan }
  | { readonly type: 'goOn' }
  /** With a last checkpoint. */
  | { readonly type: 'stop' };

export function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let cause = error; typeof cause === 'object' && cause !== null && codes.length < 10; ) {
    const { code, cause: next } = cause as { readonly code?: unknown; readonly cause?: unknown };
    if (typeof code === 'string') codes.push(code);
    cause = next;
  }
  return codes;
}
