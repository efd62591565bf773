import type { KillPlan } from './kill-point.js';

/** What a process has to know whose rows are refused in part. */
export interface RefusedPlan {
  readonly url: string;
  readonly schema: string;
  readonly job: string;
  /** Of its checkpoints. */
  readonly folder: string;
  readonly table: string;
  readonly rejects: string;
  readonly count: number;
  readonly kill?: KillPlan['kill'];
}
