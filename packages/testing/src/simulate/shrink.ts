import type { SimulationPlan } from './simulation-plan.js';

/** What a run that failed consisted of. */
export interface FailedRun {
  readonly crashes: number;
  readonly faults: readonly number[];
  /** How many elements the input had; 0 when it cannot be made smaller. */
  readonly input: number;
}

/** Real milliseconds and runs that making a failure smaller may take. */
const LONGEST = 15_000;
const MOST_RUNS = 300;

/**
 * Looks for the smallest plan that still fails: fewer crashes, then fewer faults, then fewer elements, and so on until nothing more can be
 * left out.
 *
 * @param fails runs a plan and answers what it consisted of if it fails
 */
export async function shrink(
  from: SimulationPlan,
  failed: FailedRun,
  fails: (plan: SimulationPlan) => Promise<FailedRun | undefined>,
): Promise<{ readonly plan: SimulationPlan; readonly runs: number }> {
  let plan: Required<SimulationPlan> = {
    seed: from.seed,
    ...failed,
    input: from.input ?? Array.from({ length: failed.input }, (_, at) => at),
  };
  let runs = 0;
  const giveUp = performance.now() + LONGEST;
  const attempt = async (smaller: Partial<SimulationPlan>): Promise<boolean> => {
    if (runs >= MOST_RUNS || performance.now() > giveUp) return false;
    runs++;
    const candidate = { ...plan, ...smaller };
    const run = await fails(candidate);
    if (run === undefined) return false;
    // Crashes and faults that did not come about any more can be left out as well.
    plan = { ...candidate, crashes: Math.min(candidate.crashes, run.crashes), faults: run.faults };
    return true;
  };
  for (let before = ''; before !== JSON.stringify(plan); ) {
    before = JSON.stringify(plan);
    while (plan.crashes > 0 && ((await attempt({ crashes: 0 })) || (await attempt({ crashes: plan.crashes - 1 }))));
    await leaveOut(
      () => plan.faults,
      (faults) => attempt({ faults }),
    );
    await leaveOut(
      () => plan.input,
      (input) => attempt({ input }),
    );
  }
  const { input, ...rest } = plan;
  return { plan: input.length < failed.input ? plan : rest, runs };
}

/** Leaves out halves, then quarters and so on of a list, as long as that succeeds. */
async function leaveOut(
  current: () => readonly number[],
  attempt: (kept: readonly number[]) => Promise<boolean>,
): Promise<void> {
  if (current().length > 0 && (await attempt([]))) return;
  for (let size = Math.ceil(current().length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < current().length; ) {
      const all = current();
      const kept = all.filter((_one, at) => at < from || at >= from + size);
      if (!(await attempt(kept))) from += size;
    }
  }
}
