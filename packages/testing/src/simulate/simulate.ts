import { SluiceError } from '@sluice/connector-sdk';
import type { Job } from '@sluice/core';
import { type FailedRun, shrink } from './shrink.js';
import {
  type DefineSimulation,
  Simulation,
  type SimulationOptions,
  type SimulationReport,
  type SimulationTools,
} from './simulation.js';
import { formatPlan, parsePlan, type SimulationPlan } from './simulation-plan.js';

export interface SimulateOptions extends SimulationOptions {
  /** Chooses everything. */
  readonly seed: number;
  /** Builds the job afresh, for each of its lives. It must end. */
  build(tools: SimulationTools): Job;
  /** Throws when something is wrong that must never be so, or, once the job has finished, when its output is not what it should be. */
  check(phase: 'running' | 'finished'): void;
}

export interface SimulateManyOptions extends SimulationOptions {
  /** How many, from 1; or which: numbers, and plans that failed simulations have printed. */
  readonly seeds: number | readonly (number | string)[];
  /** A failure is made smaller; true when left out. */
  readonly shrink?: boolean;
}

/** What has happened in all runs. */
export interface SimulationsReport extends Omit<SimulationReport, 'seed' | 'time'> {
  readonly runs: number;
}

/** In the environment: what to run instead of `seeds`. */
const REPLAY = 'SIMULATE_PLAN';

/**
 * Runs a job under a virtual clock, in an order that a seed chooses, with slow and failing storage, sinks and sources, completions in
 * another order, commits and notices that come late or twice, crashes at any moment, restarts, and runs that were thought dead and come
 * back. At last the faults cease, the job goes on to its end and is started once more. Whether its output is right is for `check` to say:
 * sinks of this package keep theirs over all lives.
 *
 * A seed that fails is made smaller, to as few crashes, faults and elements (of `tools.input`) as still fail, and the message has the line
 * that runs exactly that again.
 *
 * @param defineJob called once for each seed; builds the job for each of its lives, and checks
 * @param options.seeds how many seeds, from 1; or which
 * @param options.faults how often what goes wrong at random
 * @param options.planned what goes wrong besides, and where
 * @throws SLUICE_SIMULATION with the seed and the smallest plan that fails, the cause being what `check` threw or what failed the job for
 * good
 *
 * @example
 * await simulate(
 *   ({ source, storage, input }) => {
 *     const numbers = input([[1, 2], [3]]);
 *     const sink = collectTransactionalSink<number>();
 *     return {
 *       job: () => createJob('numbers', fromSource(source(numbers)).pipe(to(sink)), { checkpoints: { interval: 20, storage } }),
 *       check(phase) {
 *         if (phase === 'finished' && [...sink.values].sort().join() !== numbers.flat().join()) throw new Error('lost, or twice');
 *       },
 *     };
 *   },
 *   { seeds: 100 },
 * );
 */
export function simulate(defineJob: DefineSimulation, options: SimulateManyOptions): Promise<SimulationsReport>;
/**
 * One seed, and nothing is made smaller: `build` is called for each life, whatever it makes beside the job is new each time.
 *
 * @throws SLUICE_SIMULATION with the seed
 */
export function simulate(options: SimulateOptions): Promise<SimulationReport>;
export async function simulate(
  first: DefineSimulation | SimulateOptions,
  options?: SimulateManyOptions,
): Promise<SimulationsReport | SimulationReport> {
  if (typeof first === 'function') return simulateAll(first, options ?? { seeds: 100 });
  const { build, check, seed, ...rest } = first;
  const outcome = await run((tools) => ({ job: () => build(tools), check: (phase) => check(phase) }), { seed }, rest);
  if (outcome.failure !== undefined) throw violated(outcome, `run it again with seed ${seed}: it does the same`);
  return outcome.report;
}

async function simulateAll(
  defineJob: DefineSimulation,
  { seeds, shrink: smaller = true, ...options }: SimulateManyOptions,
): Promise<SimulationsReport> {
  const total = { runs: 0, lives: 0, zombies: 0, checkpoints: 0, failures: 0, steps: 0 };
  for (const plan of plansOf(seeds)) {
    const outcome = await run(defineJob, plan, options);
    if (outcome.failure !== undefined) {
      throw smaller ? await smallest(defineJob, plan, outcome, options) : violated(outcome, replayLine(plan));
    }
    total.runs++;
    for (const figure of ['lives', 'zombies', 'checkpoints', 'failures', 'steps'] as const)
      total[figure] += outcome.report[figure];
  }
  return total;
}

function plansOf(seeds: SimulateManyOptions['seeds']): readonly SimulationPlan[] {
  const replayed = globalThis.process?.env[REPLAY];
  if (replayed !== undefined && replayed !== '') return [parsePlan(replayed)];
  const list = typeof seeds === 'number' ? Array.from({ length: seeds }, (_, at) => at + 1) : seeds;
  return list.map((seed) => (typeof seed === 'number' ? { seed } : parsePlan(seed)));
}

interface Outcome {
  readonly report: SimulationReport;
  readonly consistedOf: FailedRun;
  readonly failure?: { readonly cause: unknown };
}

async function run(defineJob: DefineSimulation, plan: SimulationPlan, options: SimulationOptions): Promise<Outcome> {
  const simulation = new Simulation(defineJob, plan, options);
  let failure: { readonly cause: unknown } | undefined;
  try {
    await simulation.run();
  } catch (cause) {
    failure = { cause };
  } finally {
    await simulation.end();
  }
  const { consistedOf } = simulation;
  return { report: simulation.report(), consistedOf, ...(failure !== undefined && { failure }) };
}

async function smallest(
  defineJob: DefineSimulation,
  plan: SimulationPlan,
  failed: Outcome,
  options: SimulationOptions,
): Promise<SluiceError> {
  let latest = failed;
  const { plan: found } = await shrink(plan, failed.consistedOf, async (candidate) => {
    const outcome = await run(defineJob, candidate, options);
    if (outcome.failure === undefined) return undefined;
    latest = outcome;
    return outcome.consistedOf;
  });
  return violated(latest, replayLine(found));
}

function replayLine(plan: SimulationPlan): string {
  return `replay it: ${REPLAY}=${formatPlan(plan)} <the command of this test>`;
}

function violated({ report, consistedOf, failure }: Outcome, remedy: string): SluiceError {
  const { seed, lives, steps, time } = report;
  const { crashes, faults, input } = consistedOf;
  const cause = failure?.cause;
  const elements = input > 0 ? `, an input of ${input} elements` : '';
  return new SluiceError({
    code: 'SLUICE_SIMULATION',
    component: `simulate, seed ${seed}`,
    expected: 'a job that keeps its promises',
    actual: `${cause instanceof Error ? cause.message : String(cause)}, in life ${lives} at step ${steps}, ${time} ms, after ${crashes} crashes and ${faults.length} faults${elements}`,
    remedy,
    cause,
  });
}
