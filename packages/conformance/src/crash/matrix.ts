import { setTimeout as sleep } from 'node:timers/promises';
import type { ConformancePlace } from '../kit/place.js';
import type { Settings } from '../kit/settings.js';
import { noneOf, violated } from '../kit/violation.js';
import { within } from '../kit/within.js';
import type { ChildPool } from './child-pool.js';
import type { ConformanceChild, Ending } from './child-process.js';
import type { Fault, RunPlan } from './fault.js';

/** What looks at the system from outside. */
export interface CrashJudge {
  /** The system's input goes on: between a kill and the restart. */
  beforeRestart?(): Promise<void>;
  /** What is wrong already, in the middle of it: something is visible too early. */
  tooEarly(): Promise<readonly string[]>;
  /** What is wrong when everything has been done. */
  inTheEnd(): Promise<readonly string[]>;
}

export interface CrashSite {
  readonly pool: ChildPool;
  readonly place: ConformancePlace;
  readonly settings: Settings;
  readonly judge: CrashJudge;
  /** Items of the whole input. */
  readonly count: number;
}

/** A whole run may take so many times as long as a single step. */
const STEPS = 4;
/** Restarts that a run may need because what the killed one left is still busy at the server. */
const RESTARTS = 8;

/** Runs the pipeline once for each list of faults, in which it is killed; then to its end, and once more behind a quiet period. */
export async function crashAndRestart(site: CrashSite, lives: readonly (readonly Fault[])[]): Promise<void> {
  const { pool, judge } = site;
  let child: ConformanceChild | undefined;
  try {
    for (const faults of lives) {
      child = await pool.takeUsed();
      const ending = await runIn(child, site, faults);
      const point = faults.at(-1)?.point;
      if (ending.type === 'finished') violated(`the pipeline ended without having come to ${point}`);
      if (ending.type === 'failed') violated(`the pipeline failed on its way to ${point}: ${ending.text}`);
      noneOf((await judge.tooEarly()).map((problem) => `${problem}, behind a kill ${point}`));
    }
    await judge.beforeRestart?.();
    child = await pool.take();
    await finishIn(child, site, 'after the restart');
    await finishAgain(child, site);
    pool.giveBack(child);
  } catch (error) {
    await child?.end();
    throw error;
  }
}

/** A run stops at a fault that holds it, is replaced by another one, and is let go on when that has done everything. */
export async function stopAndReplace(site: CrashSite, hold: Fault): Promise<void> {
  const { pool, judge, settings } = site;
  const zombie = await pool.takeUsed();
  let child: ConformanceChild | undefined;
  try {
    const limit = settings.limit * STEPS;
    const run = zombie.order({ type: 'run', place: plain(site.place), plan: planOf(site, [hold], 0) });
    if (!(await within(limit, `a run on its way to ${hold.point}`, run.held))) {
      const ending = await run.ended;
      violated(`the pipeline did not come to ${hold.point}: ${ending.type === 'failed' ? ending.text : ending.type}`);
    }
    await judge.beforeRestart?.();
    child = await pool.take();
    await finishIn(child, site, 'while a replaced run was stopped');
    zombie.goOn();
    await within(limit, 'a replaced run that goes on', run.ended);
    noneOf((await judge.inTheEnd()).map((problem) => `${problem}, after a replaced run had gone on ${hold.point}`));
    await finishAgain(child, site);
    pool.giveBack(child);
  } catch (error) {
    await child?.end();
    throw error;
  } finally {
    await zombie.end();
  }
}

async function finishAgain(child: ConformanceChild, site: CrashSite): Promise<void> {
  await sleep(site.settings.quiet);
  await finishIn(child, site, 'after another start, behind a quiet period');
}

async function finishIn(child: ConformanceChild, site: CrashSite, when: string): Promise<void> {
  const ending = await runIn(child, site, []);
  if (ending.type === 'failed') violated(`the pipeline failed ${when}: ${ending.text}`);
  if (ending.type !== 'finished') violated(`the process was killed by something else ${when}`);
  noneOf((await site.judge.inTheEnd()).map((problem) => `${problem}, ${when}`));
}

function runIn(child: ConformanceChild, site: CrashSite, faults: readonly Fault[]): Promise<Ending> {
  const plan = planOf(site, faults, RESTARTS);
  const { ended } = child.order({ type: 'run', place: plain(site.place), plan });
  return within(site.settings.limit * STEPS, 'a run of the pipeline', ended);
}

function planOf({ count, settings }: CrashSite, faults: readonly Fault[], restarts: number): RunPlan {
  return { faults, restarts, count, patience: settings.limit * 2, quiet: settings.quiet };
}

function plain({ id, folder }: ConformancePlace): ConformancePlace {
  return { id, folder };
}
