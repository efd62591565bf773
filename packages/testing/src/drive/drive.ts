import { type Duration, milliseconds, SluiceError } from '@sluice/connector-sdk';
import type { Job, JobEvent } from '@sluice/core';
import { settle } from '../clock/settle.js';
import type { VirtualClock } from '../clock/virtual-clock.js';
import type { PlannedFault } from '../faults/planned-fault.js';
import { PlannedFaults } from '../faults/planned-faults.js';
import { SeededRandom } from '../random/seeded-random.js';
import { noFaults } from './calls.js';
import { CHECKPOINT_POINTS, type CheckpointPoint, internalsOf } from './job-internals.js';
import { RunOfJob } from './run-of-job.js';
import { World } from './world.js';

/** Drives a job by hand. Every call starts the job if it has not been started yet. */
export interface JobDriver {
  /** The only time the job knows. Sleep on it in `asyncMap` and in sources, instead of `setTimeout`. */
  readonly clock: VirtualClock;
  /** What the job has told, over all its runs. */
  readonly events: readonly JobEvent[];
  /** Of `faults`, those that have not struck yet. */
  readonly faultsLeft: readonly PlannedFault[];
  /** Lets this much time pass: everything that is due meanwhile happens. */
  advance(duration: Duration): Promise<void>;
  /** Takes a checkpoint now, whatever the interval; resolves with its id when its side effects are committed. No more happens than that takes. */
  checkpoint(): Promise<number>;
  /**
   * Kills the run as a power cut does: at once, or when the next checkpoint, which is then taken at once, has come to a point.
   * Its memory is gone; nothing is closed, aborted or released, and none of its calls reaches a sink or the storage any more.
   */
  crash(at?: CheckpointPoint | (string & {})): Promise<void>;
  /** Starts again, from the newest complete checkpoint. */
  restart(): Promise<void>;
  /** Goes on until the bounded input is done and committed, however long that takes. */
  finish(): Promise<void>;
}

export interface DriveOptions {
  /** Chooses the order of everything that could happen in another order as well; 1 when left out. */
  readonly seed?: number;
  /** Epoch milliseconds at which the clock stands at first; 0 when left out. */
  readonly start?: number;
  /** Real milliseconds that a sink, source or storage may take before time passes without it; 50 when left out. */
  readonly patience?: number;
  /** What the clock of the job says when `driver.clock` is so late: one that is set, stands still or goes back. The truth when left out. */
  readonly jobClock?: (time: number) => number;
  /** What goes wrong with sources, sinks and the storage, and where. */
  readonly faults?: readonly PlannedFault[];
}

/** Virtual milliseconds after which a bounded job that does not end is given up: a day. */
const LONGEST = 86_400_000;

/**
 * Runs a job as in production, but under a clock that moves only when it is told to, one step after the other, and in an order that a
 * seed chooses.
 *
 * @param options Seed, starting time, patience with real I/O, and what is to go wrong: `{ at: 'sink.prepare', checkpoint: 2, does: 'fail' }`.
 * @throws SLUICE_DRIVE for what cannot be done now: an unknown crash point, a crashed job driven on without `restart`, an unbounded job
 * told to `finish`; what fails the job, from whatever call it happens in
 *
 * @example
 * const sink = collectSink<number>();
 * const job = createJob('numbers', fromSource(arraySource([1, 2, 3])).pipe(to(sink)), {
 *   checkpoints: { interval: '10s', storage: memoryCheckpoints() },
 * });
 * const driver = drive(job, { seed: 7 });
 * await driver.checkpoint();
 * await driver.crash('afterPrepare');
 * await driver.restart();
 * await driver.finish();
 */
export function drive(job: Job, options: DriveOptions = {}): JobDriver {
  internalsOf(job);
  return new Driver(job, options);
}

class Driver implements JobDriver {
  readonly events: JobEvent[] = [];
  private readonly random: SeededRandom;
  private readonly world: World;
  private readonly faults: PlannedFaults;
  private run: RunOfJob | undefined;

  constructor(
    private readonly job: Job,
    { seed = 1, start = 0, patience = 50, faults = [], jobClock }: DriveOptions,
  ) {
    this.random = new SeededRandom(seed);
    this.world = new World(this.random.fork(), { start, patience, told: jobClock });
    this.faults = new PlannedFaults(faults, this.world.clock, noFaults);
  }

  get clock(): VirtualClock {
    return this.world.clock;
  }

  get faultsLeft(): readonly PlannedFault[] {
    return this.faults.left;
  }

  async advance(duration: Duration): Promise<void> {
    const run = this.going();
    const until = this.clock.now() + milliseconds(duration);
    await settle();
    while (await this.world.step(until)) this.requireHealth(run);
    this.requireHealth(run);
    this.clock.goTo(until);
  }

  async checkpoint(): Promise<number> {
    const run = this.going();
    this.requireCheckpoints();
    await this.until(run, () => run.started);
    const { completed } = run;
    run.requestCheckpoint();
    await this.until(run, () => run.completed > completed);
    if (run.checkpoint === undefined)
      throw misuse('a checkpoint', 'a job that had finished before', 'restart it first');
    return run.checkpoint;
  }

  async crash(at?: string): Promise<void> {
    const run = this.going();
    if (at !== undefined) {
      const point = CHECKPOINT_POINTS.find((known) => known === at);
      if (point === undefined) {
        throw misuse(`one of ${CHECKPOINT_POINTS.join(', ')}`, JSON.stringify(at), 'name a point of a checkpoint');
      }
      this.requireCheckpoints();
      run.crashAt(point);
      await this.until(run, () => run.started);
      run.requestCheckpoint();
      await this.until(run, () => run.atCrashPoint);
      if (!run.atCrashPoint) {
        throw misuse(
          `a checkpoint that comes to '${point}'`,
          'a job that had finished before',
          'crash it earlier, give it more input, or try another seed',
        );
      }
    }
    await run.kill();
  }

  async restart(): Promise<void> {
    if (this.run !== undefined && this.run.state === 'running') {
      throw misuse('a job that has crashed or ended', 'one that runs', 'crash it first');
    }
    const run = this.begin();
    await this.until(run, () => run.started);
  }

  async finish(): Promise<void> {
    const { nodes } = internalsOf(this.job).definition.graph;
    const endless = nodes.some(({ role }) => role.type === 'source' && !(role.source as { bounded: boolean }).bounded);
    if (endless)
      throw misuse('a job whose sources all end', 'an unbounded source', 'use advance() for as long as needed');
    const run = this.going();
    await this.until(run, () => false);
  }

  /** Goes on until something is so or the job has ended. */
  private async until(run: RunOfJob, reached: () => boolean): Promise<void> {
    const giveUp = this.clock.now() + LONGEST;
    await settle();
    while (!reached() && run.state === 'running') {
      const went = await this.world.step(giveUp);
      if (!went && !reached() && run.state === 'running') {
        throw misuse(
          'a job that goes on',
          `one in which nothing happened any more, at ${this.clock.now()} ms of its clock`,
          'sleep on driver.clock instead of setTimeout, and look for a promise that never settles',
        );
      }
    }
    this.requireHealth(run);
  }

  private going(): RunOfJob {
    const run = this.run ?? this.begin();
    if (run.state === 'killed') throw misuse('a job that runs', 'one that has crashed', 'call restart() first');
    this.requireHealth(run);
    return run;
  }

  private begin(): RunOfJob {
    const random = this.random.fork();
    const onEvent = (event: JobEvent): void => void this.events.push(event);
    this.run = new RunOfJob(this.job, this.world, { random, faults: this.faults, onEvent });
    return this.run;
  }

  private requireHealth(run: RunOfJob): void {
    if (run.state === 'failed') throw run.failure;
  }

  private requireCheckpoints(): void {
    if (internalsOf(this.job).definition.options.checkpoints !== undefined) return;
    throw misuse(
      'a job with checkpoints',
      'one without',
      'give createJob checkpoints, for example memoryCheckpoints()',
    );
  }
}

function misuse(expected: string, actual: string, remedy: string): SluiceError {
  return new SluiceError({ code: 'SLUICE_DRIVE', component: 'drive', expected, actual, remedy });
}
