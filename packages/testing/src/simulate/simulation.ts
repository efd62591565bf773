import { type CheckpointStorage, type Clock, SluiceError, type Source } from '@sluice/connector-sdk';
import { type Job, memoryCheckpoints } from '@sluice/core';
import { settle } from '../clock/settle.js';
import { CHECKPOINT_POINTS } from '../drive/job-internals.js';
import { RunOfJob } from '../drive/run-of-job.js';
import { World } from '../drive/world.js';
import type { PlannedFault } from '../faults/planned-fault.js';
import { PlannedFaults } from '../faults/planned-faults.js';
import { SeededRandom } from '../random/seeded-random.js';
import { type FaultRates, RandomFaults } from './random-faults.js';
import type { FailedRun } from './shrink.js';
import type { SimulationPlan } from './simulation-plan.js';
import { type SplitSourceOptions, splitSource } from './split-source.js';

/** What a simulated job is built with. */
export interface SimulationTools {
  /** The only time there is. */
  readonly clock: Clock;
  /** Outlives every run. */
  readonly storage: CheckpointStorage;
  /** Choices of the test's own, the same for the same seed. */
  readonly random: SeededRandom;
  /** A bounded, replayable source of one array for each split, in random batches at random times. */
  source<T>(splits: readonly (readonly T[])[], options?: SplitSourceOptions): Source<T>;
  /**
   * The input, or the part of it that is still needed when a failure is being made smaller: give it to `source`, and work out from it what
   * is to come out. Once for each input, before the first life.
   */
  input<T>(splits: readonly (readonly T[])[]): readonly (readonly T[])[];
}

/** A job in a simulation, and what must be so. */
export interface SimulatedJob {
  /** Builds the job afresh, for each of its lives. It must end. */
  job(): Job;
  /** Throws when something is wrong that must never be so, or, once the job has finished, when its output is not what it should be. */
  check(phase: 'running' | 'finished'): void;
}

/** Called once for each seed: what it makes, sinks for example, outlives the lives of the job. */
export type DefineSimulation = (tools: SimulationTools) => SimulatedJob;

export interface SimulationOptions {
  /** Crashes at most; 5 when left out. */
  readonly crashes?: number;
  /** How often what goes wrong at random; `{ slow: 0.2, failure: 0.01, full: 0.05, repeat: 0.05 }` as far as left out. */
  readonly faults?: Partial<FaultRates>;
  /** What goes wrong besides, and where. */
  readonly planned?: readonly PlannedFault[];
  /** What the clock of the job says at a time: one that is set, stands still or goes back. The truth when left out. */
  readonly jobClock?: (time: number) => number;
}

/** What has happened. */
export interface SimulationReport {
  readonly seed: number;
  readonly lives: number;
  readonly zombies: number;
  readonly checkpoints: number;
  readonly failures: number;
  readonly steps: number;
  /** Epoch milliseconds of the virtual clock at the end. */
  readonly time: number;
}

const RATES: FaultRates = { slow: 0.2, failure: 0.01, full: 0.05, repeat: 0.05 };
/** Steps of a life that is going to be crashed, at most. */
const LONGEST_LIFE = 150;
/** A job that has not ended after so many steps never will. */
const LONGEST_RUN = 100_000;

/** One run: crashes and restarts until the faults cease, and then on to the end of the job. */
export class Simulation {
  private readonly random: SeededRandom;
  private readonly world: World;
  private readonly faults: RandomFaults;
  private readonly planned: PlannedFaults;
  private readonly tools: SimulationTools;
  private readonly simulated: SimulatedJob;
  private readonly mostCrashes: number;
  private current: RunOfJob | undefined;
  private zombie: RunOfJob | undefined;
  private lives = 0;
  private zombies = 0;
  private checkpoints = 0;
  private steps = 0;
  private crashes = 0;
  /** In all inputs. */
  private elements = 0;

  constructor(
    defineJob: DefineSimulation,
    private readonly plan: SimulationPlan,
    options: SimulationOptions,
  ) {
    const random = new SeededRandom(plan.seed);
    this.random = random;
    this.world = new World(random.fork(), { told: options.jobClock });
    const { clock } = this.world;
    const allowed = plan.faults === undefined ? undefined : new Set(plan.faults);
    this.faults = new RandomFaults(random.int(0, 2 ** 31), clock, { ...RATES, ...options.faults }, allowed);
    this.planned = new PlannedFaults(options.planned ?? [], clock, this.faults);
    this.mostCrashes = options.crashes ?? 5;
    const forSources = random.fork();
    this.tools = {
      clock,
      storage: memoryCheckpoints(),
      random: random.fork(),
      source: (splits, sourceOptions = {}) => splitSource(splits, sourceOptions, forSources, clock),
      input: (splits) => this.input(splits),
    };
    this.simulated = defineJob(this.tools);
  }

  /** What it consisted of, to be made smaller. */
  get consistedOf(): FailedRun {
    return { crashes: this.crashes, faults: [...this.faults.struck], input: this.plan.input?.length ?? this.elements };
  }

  private input<T>(splits: readonly (readonly T[])[]): readonly (readonly T[])[] {
    const kept = this.plan.input === undefined ? undefined : new Set(this.plan.input);
    return splits.map((split) =>
      split.filter(() => {
        const place = this.elements++;
        return kept === undefined || kept.has(place);
      }),
    );
  }

  async run(): Promise<void> {
    const crashes = Math.min(this.random.int(0, this.mostCrashes), this.plan.crashes ?? this.mostCrashes);
    while (this.crashes < crashes) {
      this.crashes++;
      if (await this.liveAndCrash()) break;
    }
    this.faults.on = false;
    await this.bury(this.zombie);
    await this.liveToTheEnd();
    await this.liveToTheEnd();
    this.simulated.check('finished');
  }

  async end(): Promise<void> {
    await this.bury(this.zombie);
    await this.bury(this.current);
  }

  report(): SimulationReport {
    const { lives, zombies, checkpoints, steps } = this;
    const { failures } = this.faults;
    return { seed: this.plan.seed, lives, zombies, checkpoints, failures, steps, time: this.world.clock.now() };
  }

  /** Answers true when the job came to its end first. */
  private async liveAndCrash(): Promise<boolean> {
    const { random } = this;
    const run = await this.begin();
    const length = random.int(1, LONGEST_LIFE);
    if (random.chance(0.5)) run.crashAt(random.pick(CHECKPOINT_POINTS));
    for (let step = 0; step < length && run.state === 'running' && !run.atCrashPoint; step++) {
      if (random.chance(1 / 40)) run.requestCheckpoint();
      if (random.chance(1 / 100)) run.savepoint();
      if (this.zombie?.life.frozen && random.chance(1 / 20)) this.zombie.life.thaw();
      if (!(await this.step())) break;
    }
    this.simulated.check('running');
    if (random.chance(0.15)) await this.stop(run);
    if (run.state === 'finished' && run.result?.status === 'finished') return true;
    this.requireHealth(run);
    if (run.state === 'running' && random.chance(0.3)) {
      await this.bury(this.zombie);
      run.life.freeze();
      this.zombie = run;
      this.zombies++;
    } else await this.bury(run);
    return false;
  }

  /** Ends it as its user may, unless a failure comes between. */
  private async stop(run: RunOfJob): Promise<void> {
    run.stop(this.random.chance(0.5));
    for (let step = 0; step < LONGEST_LIFE && run.state === 'running'; step++) if (!(await this.step())) return;
  }

  private async liveToTheEnd(): Promise<void> {
    const run = await this.begin();
    while (run.state === 'running') {
      if (!(await this.step())) throw new Error('nothing happens any more, and the job has not ended');
    }
    this.requireHealth(run);
    this.simulated.check('running');
  }

  private async begin(): Promise<RunOfJob> {
    this.lives++;
    this.current = new RunOfJob(this.simulated.job(), this.world, {
      random: this.random.fork(),
      faults: this.planned,
      onEvent: ({ type }) => {
        if (type === 'checkpointCompleted') this.checkpoints++;
      },
    });
    await settle();
    return this.current;
  }

  private step(): Promise<boolean> {
    this.steps++;
    if (this.steps > LONGEST_RUN) throw new Error(`the job has not ended after ${LONGEST_RUN} steps`);
    return this.world.step();
  }

  /** A zombie that starts again shuts the run out that took its place, and rightly so. */
  private requireHealth(run: RunOfJob): void {
    if (run.state !== 'failed') return;
    const superseded = SluiceError.isInstance(run.failure) && run.failure.code === 'SLUICE_FENCED';
    if (!superseded || this.zombie === undefined) throw run.failure;
  }

  private async bury(run: RunOfJob | undefined): Promise<void> {
    if (run === this.zombie) this.zombie = undefined;
    await run?.kill();
  }
}
