import { type CheckpointStorage, type Clock, SluiceError, type Source } from '@sluice/connector-sdk';
import { type Job, memoryCheckpoints } from '@sluice/core';
import { settle } from '../clock/settle.js';
import { CHECKPOINT_POINTS } from '../drive/job-internals.js';
import { RunOfJob } from '../drive/run-of-job.js';
import { World } from '../drive/world.js';
import { SeededRandom } from '../random/seeded-random.js';
import { type FaultRates, RandomFaults } from './random-faults.js';
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
}

export interface SimulateOptions {
  /** Chooses everything. */
  readonly seed: number;
  /** Builds the job afresh, for each of its lives. It must end. */
  build(tools: SimulationTools): Job;
  /** Throws when something is wrong that must never be so, or, once the job has finished, when its output is not what it should be. */
  check(phase: 'running' | 'finished'): void;
  /** Crashes at most; 5 when left out. */
  readonly crashes?: number;
  readonly faults?: Partial<FaultRates>;
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

const RATES: FaultRates = { slow: 0.2, failure: 0.01, full: 0.05 };
/** Steps of a life that is going to be crashed, at most. */
const LONGEST_LIFE = 150;
/** A job that has not ended after so many steps never will. */
const LONGEST_RUN = 100_000;

/**
 * Runs a job under a virtual clock, in an order that the seed chooses, with slow and failing storage, sinks and sources, crashes at any
 * moment, restarts, and runs that were thought dead and come back. At last the faults cease, the job goes on to its end and is started
 * once more. Whether its output is right is for `check` to say: sinks of this package keep theirs over all lives.
 *
 * @throws SLUICE_SIMULATION with the seed, the cause being what `check` threw or what failed the job for good
 *
 * @example
 * const sink = collectTransactionalSink<number>();
 * await simulate({
 *   seed: 7,
 *   build: ({ source, storage }) =>
 *     createJob('numbers', fromSource(source([[1, 2], [3]])).pipe(to(sink)), { checkpoints: { interval: 20, storage } }),
 *   check(phase) {
 *     if (phase === 'finished' && [...sink.values].sort().join() !== '1,2,3') throw new Error('something is lost or twice');
 *   },
 * });
 */
export async function simulate(options: SimulateOptions): Promise<SimulationReport> {
  const simulation = new Simulation(options);
  try {
    await simulation.run();
  } catch (cause) {
    throw violated(simulation.report(), cause);
  } finally {
    await simulation.end();
  }
  return simulation.report();
}

class Simulation {
  private readonly random: SeededRandom;
  private readonly world: World;
  private readonly faults: RandomFaults;
  private readonly tools: SimulationTools;
  private current: RunOfJob | undefined;
  private zombie: RunOfJob | undefined;
  private lives = 0;
  private zombies = 0;
  private checkpoints = 0;
  private steps = 0;

  constructor(private readonly options: SimulateOptions) {
    const random = new SeededRandom(options.seed);
    this.random = random;
    this.world = new World(random.fork());
    const { clock } = this.world;
    this.faults = new RandomFaults(random.fork(), clock, { ...RATES, ...options.faults });
    const forSources = random.fork();
    this.tools = {
      clock,
      storage: memoryCheckpoints(),
      random: random.fork(),
      source: (splits, sourceOptions = {}) => splitSource(splits, sourceOptions, forSources, clock),
    };
  }

  async run(): Promise<void> {
    const crashes = this.random.int(0, this.options.crashes ?? 5);
    for (let crash = 0; crash < crashes; crash++) {
      if (await this.liveAndCrash()) break;
    }
    this.faults.on = false;
    await this.bury(this.zombie);
    await this.liveToTheEnd();
    await this.liveToTheEnd();
    this.options.check('finished');
  }

  async end(): Promise<void> {
    await this.bury(this.zombie);
    await this.bury(this.current);
  }

  report(): SimulationReport {
    const { lives, zombies, checkpoints, steps } = this;
    const { failures } = this.faults;
    return { seed: this.options.seed, lives, zombies, checkpoints, failures, steps, time: this.world.clock.now() };
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
    this.options.check('running');
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
    this.options.check('running');
  }

  private async begin(): Promise<RunOfJob> {
    this.lives++;
    this.current = new RunOfJob(this.options.build(this.tools), this.world, {
      random: this.random.fork(),
      faults: this.faults,
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

function violated(report: SimulationReport, cause: unknown): SluiceError {
  const { seed, lives, steps, time } = report;
  return new SluiceError({
    code: 'SLUICE_SIMULATION',
    component: `simulate, seed ${seed}`,
    expected: 'a job that keeps its promises',
    actual: `${cause instanceof Error ? cause.message : String(cause)}, in life ${lives} at step ${steps}, ${time} ms`,
    remedy: `run it again with seed ${seed}: it does the same`,
    cause,
  });
}
