import type { Job, JobEvent, JobResult } from '@sluice/core';
import type { Subscription } from 'rxjs';
import { settle } from '../clock/settle.js';
import type { SeededRandom } from '../random/seeded-random.js';
import type { CallFaults } from './calls.js';
import { type CheckpointPoint, internalsOf, type JobInternals } from './job-internals.js';
import { Life } from './life.js';
import type { World } from './world.js';

export type RunState = 'running' | 'finished' | 'failed' | 'killed';

/** One subscription to a job in a life of its own: what a process is outside of a test. */
export class RunOfJob {
  state: RunState = 'running';
  started = false;
  result: JobResult | undefined;
  failure: unknown;
  /** The newest checkpoint that it completed. */
  checkpoint: number | undefined;
  /** How many checkpoints it completed. */
  completed = 0;
  /** It has come to the point at which it was to crash. */
  atCrashPoint = false;
  readonly life: Life;
  private readonly internals: JobInternals;
  private readonly subscription: Subscription;

  constructor(
    private readonly job: Job,
    world: World,
    parts: { readonly random: SeededRandom; readonly faults: CallFaults; readonly onEvent?: (event: JobEvent) => void },
  ) {
    this.life = new Life(world, parts.random, parts.faults);
    this.internals = internalsOf(job);
    this.internals.use(this.life.runtime);
    this.subscription = job.subscribe({
      next: (event) => {
        if (!this.life.alive) return;
        this.observe(event);
        parts.onEvent?.(event);
      },
      error: (error) => {
        if (!this.life.alive) return;
        this.failure = error;
        this.state = 'failed';
        this.life.bury();
      },
      complete: () => {
        if (!this.life.alive) return;
        this.state = 'finished';
        this.life.bury();
      },
    });
  }

  requestCheckpoint(): void {
    this.internals.requestCheckpoint();
  }

  /** Asks for a savepoint; whether it is taken is not awaited. */
  savepoint(): void {
    this.job.savepoint().catch(() => {});
  }

  /** Asks it to stop; whether it does is told by its state. */
  stop(savepoint: boolean): void {
    this.job.stop({ savepoint }).catch(() => {});
  }

  crashAt(point: CheckpointPoint): void {
    this.life.crashAt(point, () => {
      this.atCrashPoint = true;
    });
  }

  /** Ends it as a power cut does; resolves when nothing of it is left. */
  async kill(): Promise<void> {
    if (this.state === 'running') this.state = 'killed';
    this.life.die();
    this.subscription.unsubscribe();
    this.internals.abandon();
    await settle();
    this.life.bury();
    await settle();
  }

  private observe(event: JobEvent): void {
    if (event.type === 'started') this.started = true;
    if (event.type === 'finished') this.result = event.result;
    if (event.type !== 'checkpointCompleted') return;
    this.checkpoint = event.checkpoint;
    this.completed++;
  }
}
